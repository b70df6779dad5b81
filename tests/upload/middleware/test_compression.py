"""Tests of compression: what is compressed, for whom, and under which ETag."""

import gzip

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from darkroom_upload.api.responses import revalidated_response
from darkroom_upload.middleware.compression import LEAST_BYTES, SECRETS, Compression
from darkroom_upload.middleware.head_requests import HeadAsGet
from tests.upload.service import RunningService

BODY = b'{"a": "' + b"x" * LEAST_BYTES + b'"}'
GZIP = {"Accept-Encoding": "gzip"}


async def answer(request: Request) -> Response:
    """Answer with the body in the media type that the query names."""
    query = request.query_params
    if "stream" in query:
        return StreamingResponse((part for part in (BODY, BODY)), media_type=query["type"])
    if "etag" in query:
        return revalidated_response(BODY, request.headers.get("if-none-match"))
    headers = {"Cache-Control": query["cache"]} if "cache" in query else {}
    body = BODY[: int(query.get("bytes", len(BODY)))]
    return Response(body, int(query.get("status", 200)), headers, query.get("type", "application/json"))


def client() -> httpx.AsyncClient:
    app = HeadAsGet(Compression(Starlette(routes=[Route("/{path:path}", answer)])))
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test", headers={"Accept-Encoding": ""}
    )


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.5, br", True),
        ("*", True),
        ("br", False),
        ("", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("*;q=0", False),
    ],
)
async def test_text_is_compressed_for_clients_that_accept_it(accepted: str, *, compressed: bool) -> None:
    async with client() as http, http.stream("GET", "/x", headers={"Accept-Encoding": accepted}) as found:
        raw = b"".join([part async for part in found.aiter_raw()])
    assert ("gzip" in found.headers.get("content-encoding", "")) is compressed
    assert int(found.headers["content-length"]) == len(raw)
    assert (gzip.decompress(raw) if compressed else raw) == BODY
    assert "accept-encoding" in found.headers["vary"].lower()


@pytest.mark.parametrize(
    "query",
    [
        {"bytes": LEAST_BYTES - 1},
        {"type": "image/png"},
        {"type": "application/zip"},
        {"type": "text/event-stream"},
        {"type": "application/json", "stream": 1},
        {"cache": "no-transform"},
    ],
    ids=str,
)
async def test_other_bodies_are_sent_as_they_are(query: dict[str, str | int]) -> None:
    async with client() as http:
        found = await http.get("/x", params=query, headers=GZIP)
    assert "content-encoding" not in found.headers
    assert found.content.startswith(b'{"a": "')


@pytest.mark.parametrize("media_type", ["application/problem+json", "text/html; charset=utf-8", "text/plain"])
async def test_problems_and_pages_are_compressed(media_type: str) -> None:
    async with client() as http:
        found = await http.get("/x", params={"type": media_type, "status": 422}, headers=GZIP)
    assert (found.status_code, found.headers["content-encoding"], found.content) == (422, "gzip", BODY)


@pytest.mark.parametrize(
    "path", ["/auth/me", "/webhooks/secret", "/webhooks/secret/rotate", "/uploads/presigned", "/keys"]
)
async def test_responses_with_secrets_are_never_compressed(path: str) -> None:
    async with client() as http:
        assert "content-encoding" not in (await http.get(path, headers=GZIP)).headers


async def test_each_form_has_an_etag_and_either_is_recognised() -> None:
    async with client() as http:
        plain = await http.get("/x", params={"etag": 1})
        packed = await http.get("/x", params={"etag": 1}, headers=GZIP)
        tags = plain.headers["etag"], packed.headers["etag"]
        assert tags[1] == tags[0][:-1] + '-gzip"'
        for tag in tags:
            for accepted in ("gzip", ""):
                headers = {"If-None-Match": f'"other", {tag}', "Accept-Encoding": accepted}
                again = await http.get("/x", params={"etag": 1}, headers=headers)
                assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
                assert "accept-encoding" in again.headers["vary"].lower()


async def test_the_same_body_is_compressed_to_the_same_bytes() -> None:
    async with client() as http:
        first, second = [await http.get("/x", headers=GZIP) for _ in range(2)]
    assert first.headers["content-length"] == second.headers["content-length"]


async def test_a_head_request_has_the_headers_of_a_get() -> None:
    async with client() as http:
        get, head = await http.get("/x", headers=GZIP), await http.head("/x", headers=GZIP)
    assert dict(head.headers) == dict(get.headers)
    assert head.content == b""


async def test_the_service_compresses_its_description_and_no_secret(upload: RunningService) -> None:
    assert (await upload.client.get("/openapi.json", headers=GZIP)).headers["content-encoding"] == "gzip"
    paths = (await upload.client.get("/openapi.json")).json()["paths"]
    secret = [path for path in paths if any(word in path for word in ("secret", "auth/", "presigned", "keys"))]
    assert len(secret) >= 5
    assert all(path.startswith(SECRETS) for path in secret)
