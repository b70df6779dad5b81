"""The access log: one line and one span for each request."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.responses import Response
from structlog.testing import capture_logs

from darkroom.runtime.access_log import AccessLog
from tests.support.spans import recorded


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()

    @app.get("/cats/{name}")
    @app.get("/healthz")
    async def ok() -> dict[str, str]:
        return {}

    @app.get("/readyz")
    async def not_ready() -> Response:
        return Response(status_code=503)

    @app.get("/bug")
    async def bug() -> None:
        raise ZeroDivisionError

    transport = httpx.ASGITransport(AccessLog(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.mark.parametrize(("path", "status"), [("/cats/tom", 200), ("/nowhere", 404), ("/bug", 500), ("/readyz", 503)])
async def test_a_request_is_one_line_without_its_query(path: str, status: int, client: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await client.get(f"{path}?key=secret", headers={"x-api-key": "secret"})
    (line,) = lines
    assert line.pop("ms") >= 0
    assert line == {
        "event": "request_handled",
        "log_level": "info",
        "method": "GET",
        "path": path,
        "status": status,
    }


async def test_a_successful_probe_is_not_logged(client: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await client.get("/healthz")
    assert lines == []


async def test_a_long_path_or_method_is_cut_in_the_log(client: httpx.AsyncClient) -> None:
    with capture_logs() as lines:
        await client.request("X" * 5000, f"/{'x' * 5000}")
    assert (len(lines[0]["method"]), len(lines[0]["path"])) == (16, 256)


@pytest.mark.parametrize(
    ("path", "name", "failed"),
    [("/cats/tom", "GET /cats/{name}", False), ("/nowhere", "GET", False), ("/bug", "GET /bug", True)],
)
async def test_a_request_is_a_span_of_its_route_without_its_query(
    path: str,
    name: str,
    failed: bool,  # noqa: FBT001 - a parameter of the test
    client: httpx.AsyncClient,
) -> None:
    with recorded() as spans:
        await client.get(f"{path}?key=secret", headers={"x-api-key": "secret"})
    (request,) = spans()
    assert (request.name, request.kind, request.failed) == (name, "SERVER", failed)
    assert request.attributes["url.path"] == path
    assert "secret" not in request.json


async def test_probes_make_no_spans(client: httpx.AsyncClient) -> None:
    with recorded() as spans:
        await client.get("/healthz")
        await client.get("/readyz")
    assert spans() == []
