"""Tests that the internal API refuses requests of web pages."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from darkroom_orchestrator.internal_api.no_browsers import NoBrowsers


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of an application that has an effect."""
    app = FastAPI()
    app.add_middleware(NoBrowsers, names=["orchestrator.example.com"])
    app.state.done = 0

    @app.api_route("/api/thing", methods=["GET", "POST", "DELETE"])
    async def thing() -> int:
        app.state.done += 1
        return int(app.state.done)

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8001") as client:
        yield client


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
        {"Host": "evil.example:8001"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost.evil.example:8001"},
        {"Host": "orchestrator.example.com.evil.example"},
        {"Host": "[evil.example]"},
    ],
    ids=str,
)
async def test_page_of_another_site_is_refused(client: httpx.AsyncClient, method: str, headers: dict[str, str]) -> None:
    answer = await client.request(method, "/api/thing", headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "forbidden"
    assert "access-control-allow-origin" not in answer.headers
    assert (await client.get("/api/thing")).json() == 1, "nothing was done before"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8001",
        "10.0.3.4",
        "[::1]:8001",
        "[fd00::1]",
        "localhost:8001",
        "LOCALHOST",
        "orchestrator:8001",
        "orchestrator.darkroom.internal:8001",
        "Orchestrator.Example.com:8001",
    ],
)
async def test_service_or_person_at_a_shell_is_allowed(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.post("/api/thing", headers={"Host": host})).status_code == 200


async def test_address_typed_into_a_browser_is_allowed(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/thing", headers={"Sec-Fetch-Site": "none"})).status_code == 200
