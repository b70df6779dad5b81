"""Tests of requests from pages of other origins."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

from darkroom_upload.app import create_app
from darkroom_upload.middleware.cors import Origin
from tests.upload.service import KEY, RunningService

FRIEND = "https://app.example.com"
ORIGIN = TypeAdapter(Origin)


@pytest.fixture
async def browser(upload: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that allows one other origin."""
    transport = httpx.ASGITransport(create_app(replace(upload.services, cors_origins=(FRIEND,))))
    async with httpx.AsyncClient(transport=transport, base_url="http://upload", headers={"x-api-key": KEY}) as client:
        yield client


async def ask(
    client: httpx.AsyncClient, origin: str, method: str = "DELETE", header: str = "x-api-key"
) -> httpx.Response:
    """Send the request that a browser sends before a request of another origin."""
    wanted = {"access-control-request-method": method, "access-control-request-headers": header}
    return await client.options("/jobs/x", headers={"origin": origin, **wanted})


async def test_a_page_of_a_named_origin_may_read_responses_and_their_headers(browser: httpx.AsyncClient) -> None:
    headers = (await browser.get("/recipes", headers={"origin": FRIEND})).headers
    assert headers["access-control-allow-origin"] == FRIEND
    assert headers["access-control-allow-credentials"] == "true"
    assert "Origin" in headers["vary"]
    shown = set(headers["access-control-expose-headers"].split(", "))
    assert {"ETag", "Location", "Retry-After", "RateLimit", "RateLimit-Policy", "X-Darkroom-Cpu-Ms"} <= shown


@pytest.mark.parametrize("header", ["x-api-key", "x-csrf-token", "idempotency-key", "if-none-match", "content-type"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_a_page_of_a_named_origin_may_send_all_headers_of_the_api(
    browser: httpx.AsyncClient, method: str, header: str
) -> None:
    answer = await ask(browser, FRIEND, method, header)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, FRIEND)
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_page_of_a_named_origin_may_read_errors(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/status/x", headers={"origin": FRIEND})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (404, FRIEND)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://app.example.com",
        f"{FRIEND}.evil.example",
        f"{FRIEND}:8443",
        FRIEND.upper(),
    ],
)
async def test_other_origins_are_refused(browser: httpx.AsyncClient, origin: str) -> None:
    assert "access-control-allow-origin" not in (await browser.get("/recipes", headers={"origin": origin})).headers
    answer = await ask(browser, origin)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "access-control-allow-origin" not in answer.headers


async def test_every_origin_is_refused_by_default(upload: RunningService) -> None:
    answer = await upload.client.get("/recipes", headers={"origin": FRIEND})
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert (await ask(upload.client, FRIEND)).status_code == 405


@pytest.mark.parametrize("text", ["https://app.example.com", "http://localhost:5173", "https://[::1]:8443"])
def test_an_origin_is_a_scheme_and_a_host(text: str) -> None:
    assert ORIGIN.validate_python(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "null",
        "",
        "https://*.example.com",
        "https://a.example/",
        "https://A.example",
        "https://a.example:443",
        "a.example",
        "file:///",
        "ftp://a.example",
        "https://u@a.example",
        "https://a.example?x",
        "https://",
    ],
)
def test_other_texts_and_the_wildcard_are_not_origins(text: str) -> None:
    with pytest.raises(ValidationError):
        ORIGIN.validate_python(text)
