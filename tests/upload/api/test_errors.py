"""Tests of what all routes share: authentication, the form of errors, headers, and no 500 for bad input."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from darkroom import clock
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.upload.multipart import CONTENT_TYPE, form, part
from tests.upload.service import RunningService, put_key, running_service, settings_for
from tools.testbed import images

ID = "0199a3c0-5b1e-7c3d-9a2f-4d5e6f708192"
CAT = images.jpeg(16, 16)

ROUTES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "upload": ("POST", "/uploads", {"files": {"file": CAT}}),
    "alias": ("POST", "/v1/images/upload", {"content": CAT, "headers": {"content-type": "image/jpeg"}}),
    "presigned": ("POST", "/uploads/presigned", {"json": {"content_type": "image/jpeg", "size": 1}}),
    "presigned junk": ("POST", "/uploads/presigned", {"content": b"{"}),
    "status": ("GET", f"/status/{ID}", {}),
    "jobs": ("GET", "/jobs", {}),
    "delete": ("DELETE", f"/jobs/{ID}", {}),
    "retry": ("POST", f"/jobs/{ID}/retry", {}),
    "variant": ("GET", f"/jobs/{ID}/variants/x", {}),
    "recipes": ("GET", "/recipes", {}),
    "recipe": ("GET", "/recipes/web", {}),
    "schema": ("GET", "/recipes/schema", {}),
    "unknown parameter": ("GET", "/recipes?x=1", {}),
    "no id": ("GET", "/status/x", {}),
    "session": ("GET", "/auth/me", {}),
    "logout": ("POST", "/auth/logout", {}),
}


@pytest_asyncio.fixture(scope="module")
async def anyone(upload: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key."""
    async with httpx.AsyncClient(base_url=upload.url, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("key", [None, b"", b"wrong", b"x" * 5000, b"\xff\xfe"], ids=lambda key: str(key)[:10])
@pytest.mark.parametrize(("method", "path", "more"), ROUTES.values(), ids=ROUTES)
async def test_every_route_needs_a_key(
    anyone: httpx.AsyncClient, key: bytes | None, method: str, path: str, more: dict[str, Any]
) -> None:
    headers = {**more.get("headers", {}), **({} if key is None else {b"x-api-key": key})}
    answer = await anyone.request(method, path, **{**more, "headers": headers})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/docs", "/openapi.json"])
async def test_some_pages_are_public(anyone: httpx.AsyncClient, path: str) -> None:
    assert (await anyone.get(path)).status_code == 200


async def test_the_development_key_opens_nothing_in_production(installation: Installation) -> None:
    async with running_service(settings_for(installation, environment="production")) as service:
        assert (await service.client.get("/jobs")).status_code == 401


async def test_a_revoked_key_opens_nothing(cloud: Cloud, installation: Installation) -> None:
    await put_key(cloud.dynamodb, installation, "revoked", "ann", revoked_at=clock.now())
    async with running_service(settings_for(installation)) as service:
        answer = await service.client.get("/jobs", headers={"x-api-key": "revoked"})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/%00/%ff", 404, "not_found"),
        ("GET", "//evil.example/x", 404, "not_found"),
        ("PATCH", "/uploads", 405, "method_not_allowed"),
        ("DELETE", "/jobs", 405, "method_not_allowed"),
    ],
)
async def test_unknown_routes_are_problems_as_well(
    upload: RunningService, method: str, path: str, status: int, code: str
) -> None:
    answer = await upload.client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_problem_has_all_its_members(upload: RunningService) -> None:
    answer = await upload.client.get(f"/status/{ID}")
    assert answer.json() == {
        "type": "urn:darkroom:problem:not_found",
        "title": "Not found",
        "status": 404,
        "detail": "There is no such job.",
        "instance": f"/status/{ID}",
        "code": "not_found",
    }


async def test_every_route_is_unavailable_without_aws(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    async with running_service(settings_for(installation)) as service:
        cookies = {"darkroom-session": "a"}
        visitor = httpx.AsyncClient(base_url=service.url, cookies=cookies, timeout=30, trust_env=False)
        async with visitor:
            answers = await asyncio.gather(
                service.client.get("/jobs"),
                service.client.get(f"/status/{ID}"),
                service.client.post("/uploads", content=CAT, headers={"content-type": "image/jpeg"}),
                visitor.get("/auth/me"),
                visitor.post("/auth/login", json={"name": "demo", "password": "demo-password"}),
            )
        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert int(answer.headers["retry-after"]) > 0
        ready = await service.client.get("/readyz")
        assert ready.status_code == 503
        assert set(ready.json()["failures"]) == {"originals", "uploads", "imports", "jobs", "accounts"}


async def test_a_service_that_drains_is_not_ready(installation: Installation) -> None:
    async with running_service(settings_for(installation)) as service:
        assert (await service.client.get("/readyz")).status_code == 200
        service.stop.set()
        assert (await service.client.get("/readyz")).status_code == 503
        assert (await service.client.get("/healthz")).status_code == 200


JUNK = [
    "",
    "\x00",
    "\ud800",
    "ÿ",
    "😀",
    "-1",
    "9" * 400,
    "1e999",
    "NaN",
    "null",
    "[]",
    "{}",
    "'",
    "%00",
    "../",
    "\n: y",
]
PARAMETERS = ["recipe", "filename", "wait", "limit", "cursor", "status", "download", ""]
HEADERS = ["idempotency-key", "if-none-match", "traceparent", "accept", "content-encoding", "x-forwarded-host"]


class Junk:
    """Return random requests, the same ones in each run."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def text(self) -> bytes:
        return "".join(self._chance.choices(JUNK, k=self._chance.randint(0, 3))).encode("utf-8", "surrogatepass")

    def query(self) -> str:
        names = self._chance.sample(PARAMETERS, k=self._chance.randint(0, 2))
        return "&".join(f"{name}={''.join(f'%{byte:02x}' for byte in self.text())}" for name in names)

    def headers(self) -> dict[bytes, bytes]:
        name = self._chance.choice(HEADERS).encode()
        return {name: bytes(self._chance.choices([*range(0x21, 0x7F), *range(0x80, 0x100)], k=20))}

    def body(self) -> tuple[str, bytes]:
        """Return a body and its type."""
        fields = [part(name, self.text()) for name in ("recipe", "metadata", "callback_url", "other")]
        name = bytes(byte for byte in self._chance.randbytes(20) if byte not in b'\r\n"')
        parts = self._chance.sample([part("file", CAT, name), *fields], k=self._chance.randint(0, 4))
        content_type = self._chance.choice([CONTENT_TYPE, CONTENT_TYPE, "application/json", "image/png", "x"])
        return content_type, self._chance.choice([form(parts), form(parts), self._chance.randbytes(200), self.text()])


@pytest.mark.parametrize("seed", range(10))
async def test_junk_never_causes_a_server_error(upload: RunningService, seed: int) -> None:
    junk = Junk(seed)
    for method, path, _ in ROUTES.values():
        content_type, body = junk.body()
        answer = await upload.client.request(
            method,
            f"{path.partition('?')[0]}?{junk.query()}",
            content=body if method == "POST" else None,
            headers={**junk.headers(), b"content-type": content_type.encode()},
        )
        assert answer.status_code < 500, (method, path, answer.text)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"]
