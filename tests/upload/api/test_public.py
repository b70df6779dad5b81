"""Tests of public addresses: what everybody gets there, and what nobody gets."""

from dataclasses import replace

import httpx
import pytest

from darkroom.jobs import Job, new_job_id
from darkroom_upload.results.public_results import PIECE_BYTES
from tests.support.emulator import Cloud
from tests.upload.examples import completed, queued
from tests.upload.records import put_job
from tests.upload.service import NOBODY, RunningService, running_service, settings_for

LARGE = bytes(range(256)) * (PIECE_BYTES // 256 * 3) + b"end"


async def put_copy(cloud: Cloud, upload: RunningService, body: bytes, name: str = "square-64.webp") -> str:
    """Store a public copy as the orchestrator does, and return its path."""
    key = f"public/{new_job_id()}/{name}"
    await cloud.s3.put_object(
        Bucket=upload.settings.results_bucket,
        Key=key,
        Body=body,
        ContentType="image/webp",
        ContentDisposition="inline",
    )
    return f"/{key}"


async def get(upload: RunningService, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """Ask without a key. Underscores in the names of headers stand for dashes."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(base_url=upload.url, trust_env=False) as anybody:
        return await anybody.request(method, path, headers=told)


async def test_everybody_gets_the_copy_with_headers_for_caches_and_pages(cloud: Cloud, upload: RunningService) -> None:
    path = await put_copy(cloud, upload, b"a picture")
    answer = await get(upload, path)
    assert (answer.status_code, answer.content) == (200, b"a picture")
    headers = answer.headers
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert (headers["content-type"], headers["content-disposition"]) == ("image/webp", "inline")
    assert (headers["content-length"], headers["accept-ranges"]) == ("9", "bytes")
    assert headers["etag"].startswith('"')
    assert not [name for name in headers if name.startswith("x-amz")]


async def test_head_has_the_same_headers_and_no_body(cloud: Cloud, upload: RunningService) -> None:
    path = await put_copy(cloud, upload, b"a picture")
    answer, full = await get(upload, path, "HEAD"), await get(upload, path)
    assert (answer.status_code, answer.content) == (200, b"")
    del answer.headers["date"], full.headers["date"]
    assert answer.headers == full.headers


async def test_large_copy_is_streamed_piece_by_piece(cloud: Cloud, upload: RunningService) -> None:
    answer = await get(upload, await put_copy(cloud, upload, LARGE))
    assert answer.content == LARGE


async def test_client_that_has_the_copy_gets_304(cloud: Cloud, upload: RunningService) -> None:
    path = await put_copy(cloud, upload, b"a picture")
    etag = (await get(upload, path)).headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = await get(upload, path, if_none_match=known)
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
        assert "immutable" in answer.headers["cache-control"]
    assert (await get(upload, path, if_none_match='"other"')).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=1-3", 1, 4),
        ("bytes=5-", 5, len(LARGE)),
        ("bytes=-3", len(LARGE) - 3, len(LARGE)),
        (f"bytes=-{10**9}", 0, len(LARGE)),
        (f"bytes=10-{10**9}", 10, len(LARGE)),
        (f"bytes={PIECE_BYTES - 2}-{PIECE_BYTES + 1}", PIECE_BYTES - 2, PIECE_BYTES + 2),
        (f"bytes={2 * PIECE_BYTES}-{2 * PIECE_BYTES}", 2 * PIECE_BYTES, 2 * PIECE_BYTES + 1),
    ],
)
async def test_range_gets_a_part(cloud: Cloud, upload: RunningService, wanted: str, start: int, end: int) -> None:
    answer = await get(upload, await put_copy(cloud, upload, LARGE), range=wanted)
    assert (answer.status_code, answer.content) == (206, LARGE[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(LARGE)}"


@pytest.mark.parametrize("wanted", ["bytes=9-", "bytes=100-200", "bytes=-0"])
async def test_range_beyond_the_end_is_refused(cloud: Cloud, upload: RunningService, wanted: str) -> None:
    answer = await get(upload, await put_copy(cloud, upload, b"a picture"), range=wanted)
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */9")
    assert answer.json()["code"] == "range_not_satisfiable"


@pytest.mark.parametrize("wanted", ["bytes=3-1", "bytes=0-1,3-4", "bytes=-", "lines=1-2", "nonsense"])
async def test_other_ranges_get_the_whole_copy(cloud: Cloud, upload: RunningService, wanted: str) -> None:
    answer = await get(upload, await put_copy(cloud, upload, b"a picture"), range=wanted)
    assert (answer.status_code, answer.content) == (200, b"a picture")


async def test_range_of_another_version_gets_the_whole_copy(cloud: Cloud, upload: RunningService) -> None:
    path = await put_copy(cloud, upload, b"a picture")
    etag = (await get(upload, path)).headers["etag"]
    assert (await get(upload, path, range="bytes=0-0", if_range=etag)).status_code == 206
    assert (await get(upload, path, range="bytes=0-0", if_range='"other"')).status_code == 200


async def test_names_with_dots_are_found(cloud: Cloud, upload: RunningService) -> None:
    for name in ("a.b.webp", "webp.webp", "a-_.webp", "1.jpg"):
        assert (await get(upload, await put_copy(cloud, upload, b"a picture", name))).status_code == 200


async def test_queries_do_not_matter(cloud: Cloud, upload: RunningService) -> None:
    path = await put_copy(cloud, upload, b"a picture")
    assert (await get(upload, f"{path}?v=2&v=3")).status_code == 200


async def test_what_is_not_public_is_not_found_and_not_cached(cloud: Cloud, upload: RunningService) -> None:
    job = await put_job(upload, completed())
    result = job.variants["square-64"].result
    assert result is not None
    for key in (result.key, f"public/{job.job_id}/notes.txt", f"public/{job.job_id}/x/y.webp", "public/a.webp"):
        await cloud.s3.put_object(Bucket=upload.settings.results_bucket, Key=key, Body=b"secret")
    paths = [
        f"/public/{job.job_id}/square-64.webp",
        f"/public/{job.job_id}/notes.txt",
        f"/public/{job.job_id}/x/y.webp",
        f"/public/{job.job_id}/x%2Fy.webp",
        f"/public/{job.job_id}/..%2F..%2F{result.key.replace('/', '%2F')}",
        f"/public/{job.job_id}/",
        f"/public/{job.job_id}",
        f"/public/{job.job_id.upper()}/square-64.webp",
        "/public/",
        "/public/..%2Fmanifests/a.webp",
        "/public/%00/a.webp",
    ]
    for path in paths:
        answer = await get(upload, path)
        assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store"), path
        assert b"secret" not in answer.content


async def test_deleted_copy_is_not_found(cloud: Cloud, upload: RunningService) -> None:
    path = await put_copy(cloud, upload, b"a picture")
    await cloud.s3.delete_object(Bucket=upload.settings.results_bucket, Key=path[1:])
    assert (await get(upload, path)).status_code == 404


async def test_pages_of_all_origins_get_the_same_answer(cloud: Cloud, shared_installation: object) -> None:
    settings = settings_for(shared_installation, cors_origins=("https://app.example",))  # type: ignore[arg-type]
    async with running_service(settings) as service:
        path = await put_copy(cloud, service, b"a picture")
        for origin in ("https://app.example", "https://other.example"):
            answer = await get(service, path, origin=origin)
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "vary" not in answer.headers
            assert "access-control-allow-credentials" not in answer.headers


async def test_job_tells_its_public_addresses_once_it_has_ended(upload: RunningService) -> None:
    ended: Job = replace(completed(failed=("square-64",)), published=True, public_bytes=3)
    for job, public, addressed in [
        (queued(), False, 0),
        (replace(queued(), published=True), True, 0),
        (completed(), False, 0),
        (ended, True, 3),
    ]:
        await put_job(upload, job)
        body = (await upload.client.get(f"/status/{job.job_id}")).json()
        urls = {variant["name"]: variant["public_url"] for variant in body["variants"] if "public_url" in variant}
        assert (body["public"], len(urls)) == (public, addressed)
        assert all(url == f"/public/{job.job_id}/{name}.webp" for name, url in urls.items())


def orchestrator(asked: list[str], status: int) -> object:
    """Return an orchestrator that notes what it is asked, and answers with this status."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url.path}")
        return httpx.Response(status, json={"detail": "The job is cancelled."})

    return answer


async def test_owner_publishes_and_unpublishes(shared_installation: object) -> None:
    asked: list[str] = []
    settings = settings_for(shared_installation)  # type: ignore[arg-type]
    async with running_service(settings, orchestrator(asked, 202)) as service:  # type: ignore[arg-type]
        job = await put_job(service, completed())
        path = f"/jobs/{job.job_id}/published"
        published, withdrawn = await service.client.put(path), await service.client.delete(path)
    assert (published.status_code, published.json()["job_id"]) == (202, job.job_id)
    assert published.headers["location"] == f"/status/{job.job_id}"
    assert (withdrawn.status_code, withdrawn.content) == (204, b"")
    assert asked == [f"PUT /api{path}", f"DELETE /api{path}"]


async def test_stopped_job_is_refused_with_its_reason(shared_installation: object) -> None:
    settings = settings_for(shared_installation)  # type: ignore[arg-type]
    async with running_service(settings, orchestrator([], 409)) as service:  # type: ignore[arg-type]
        job = await put_job(service, completed())
        answer = await service.client.put(f"/jobs/{job.job_id}/published")
    assert (answer.status_code, answer.json()["detail"]) == (409, "The job is cancelled.")


async def test_job_of_another_owner_is_not_found(upload: RunningService) -> None:
    job = await put_job(upload, replace(completed(), owner="somebody"))
    for method in ("PUT", "DELETE"):
        answer = await upload.client.request(method, f"/jobs/{job.job_id}/published")
        assert answer.status_code == 404
    assert upload.settings.orchestrator_url == NOBODY
