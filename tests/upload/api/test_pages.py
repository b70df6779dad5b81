"""Tests of `/app/` and `/`: the dashboard's pages."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.upload.service import RunningService, running_service, settings_for

PAGE = "<!doctype html><title>Darkroom</title>" + "<!-- long -->" * 200
SCRIPT = "console.log(1)\n" * 200


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text(PAGE)
    (folder / "index.html.br").write_bytes(b"compressed by the build")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "main-1a2b.js").write_text(SCRIPT)
    (folder / "assets" / "main-1a2b.js.br").write_bytes(b"compressed by the build")
    (folder / "assets" / "main-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT.encode(), mtime=0))
    return folder


@pytest_asyncio.fixture(scope="module")
async def service(shared_installation: Installation, built: Path) -> AsyncIterator[RunningService]:
    settings = settings_for(
        shared_installation,
        pages_folder=built,
        public_s3_endpoint_url="http://files.example:9000",
        public_base_url="https://pictures.example/",
    )
    async with running_service(settings) as found:
        yield found


@pytest_asyncio.fixture(scope="module")
async def anybody(service: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key, which accepts no compression unless a request says so."""
    headers = {"accept-encoding": "identity"}
    async with httpx.AsyncClient(base_url=service.url, headers=headers, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("path", ["/app/", "/app/login", "/app/jobs/0199a3c0-5b1e-7c3d-9a2f-4d5e6f708192?tab=log"])
async def test_every_page_is_the_index_which_is_asked_for_each_time(anybody: httpx.AsyncClient, path: str) -> None:
    answer = await anybody.get(path)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    again = await anybody.get(path, headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])


async def test_a_page_runs_no_script_but_its_own(anybody: httpx.AsyncClient) -> None:
    answer = await anybody.get("/app/")
    policy = dict(part.partition(" ")[::2] for part in answer.headers["content-security-policy"].split("; "))
    stored = "'self' http://files.example:9000 https://pictures.example"
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"{stored} blob:",
        "connect-src": stored,
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "svelte-trusted-html",
    }
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"


async def test_a_304_has_the_policy_too(anybody: httpx.AsyncClient) -> None:
    """Browsers take the headers of the last answer."""
    first = await anybody.get("/app/")
    again = await anybody.get("/app/", headers={"if-none-match": first.headers["etag"]})
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


async def test_files_with_a_hash_in_their_names_are_kept_for_a_year(anybody: httpx.AsyncClient) -> None:
    answer = await anybody.get("/app/assets/main-1a2b.js")
    assert (answer.status_code, answer.text) == (200, SCRIPT)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    favicon = await anybody.get("/app/favicon.svg")
    assert favicon.headers["cache-control"] == "no-cache"
    assert favicon.headers["content-security-policy"].startswith("default-src 'none'")


async def test_copies_that_the_build_has_compressed_are_sent(anybody: httpx.AsyncClient) -> None:
    path, etags = "/app/assets/main-1a2b.js", set()
    for accepted, coding in (("br, gzip", "br"), ("gzip", "gzip"), ("identity", None)):
        async with anybody.stream("GET", path, headers={"accept-encoding": accepted}) as answer:
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        assert answer.headers.get("content-encoding") == coding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert int(answer.headers["content-length"]) == len(raw)
        etags.add(answer.headers["etag"])
        again = await anybody.get(path, headers={"accept-encoding": accepted, "if-none-match": answer.headers["etag"]})
        assert (again.status_code, again.headers["etag"]) == (304, answer.headers["etag"])
    assert len(etags) == 3


async def test_a_page_without_a_gzip_copy_is_compressed_when_it_is_sent(anybody: httpx.AsyncClient) -> None:
    answer = await anybody.get("/app/", headers={"accept-encoding": "gzip"})
    assert (answer.headers["content-encoding"], answer.text) == ("gzip", PAGE)
    known = {"accept-encoding": "gzip", "if-none-match": answer.headers["etag"]}
    assert (await anybody.get("/app/", headers=known)).status_code == 304


async def test_head_answers_as_get_without_the_body(anybody: httpx.AsyncClient) -> None:
    for path in ("/app/", "/app/assets/main-1a2b.js"):
        get, head = await anybody.get(path), await anybody.head(path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-length", "content-type", "etag", "cache-control", "content-security-policy"):
            assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize(
    "path",
    [
        "/app/assets/main-old.js",
        "/app/assets/",
        "/app/robots.txt",
        "/app/%2e%2e/pyproject.toml",
        "/app/..%2f..%2f..%2fetc%2fpasswd",
        "/app/assets/..%2f..%2fsecret",
        "/app/..%5csecret",
        "/app/index.html%00.js",
        "/app/index.html.br",
    ],
)
async def test_what_is_no_file_and_no_page_is_not_found(service: RunningService, path: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(httpx.URL(service.url).copy_with(raw_path=path.encode()))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["cache-control"] == "no-store", "a cache must not keep it over the next build"


async def test_no_method_but_get_and_head(anybody: httpx.AsyncClient) -> None:
    answer = await anybody.post("/app/login", data={"name": "ann"})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


async def test_the_root_leads_to_the_pages(anybody: httpx.AsyncClient) -> None:
    for path in ("/", "/app"):
        answer = await anybody.get(path, headers={"host": "evil.example"}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (307, "/app/")


async def test_without_a_build_the_service_is_the_api_alone(
    cloud: Cloud, shared_installation: Installation, tmp_path: Path
) -> None:
    async with running_service(settings_for(shared_installation, pages_folder=tmp_path / "dist")) as service:
        for path in ("/app/", "/app/login", "/app/assets/main-1a2b.js"):
            answer = await service.client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
            assert "not built" in answer.json()["detail"]
        root = await service.client.get("/", follow_redirects=False)
        assert root.headers["location"] == "/docs"
        assert (await service.client.get("/usage")).status_code == 200
