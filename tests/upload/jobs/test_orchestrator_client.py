"""Tests of the orchestrator's client."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from darkroom import clock
from darkroom.accounts.allowances import Allowance
from darkroom.errors import Conflict, DarkroomError, NotFound, QuotaExceeded, Unavailable, UnderWay
from darkroom.tables.daily_counter import Charge
from darkroom_upload.jobs import orchestrator_client
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient, open_client

pytestmark = pytest.mark.sockets


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> OrchestratorClient:
    return OrchestratorClient(httpx.AsyncClient(base_url="http://orchestrator", transport=httpx.MockTransport(answer)))


@pytest.mark.parametrize(
    ("ask", "method", "path"),
    [
        (OrchestratorClient.cancel, "POST", "/api/jobs/1/cancel"),
        (OrchestratorClient.delete, "DELETE", "/api/jobs/1"),
    ],
)
async def test_each_method_calls_its_route(ask: Callable[..., object], method: str, path: str) -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(202)

    await ask(answering(answer), "1")  # type: ignore[misc]  # a method of OrchestratorClient, which mypy does not follow
    assert [(request.method, request.url.path) for request in requests] == [(method, path)]


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (httpx.Response(404, json={"detail": "There is no such job."}), NotFound, "There is no such job."),
        (httpx.Response(409, json={"detail": "The job is completed."}), Conflict, "The job is completed."),
        (httpx.Response(409, text="<html>"), Conflict, "The job's status does not allow this now."),
        (httpx.Response(409, json=["detail"]), Conflict, "The job's status does not allow this now."),
        (httpx.Response(409, json={"detail": 1}), Conflict, "The job's status does not allow this now."),
        (httpx.Response(503), Unavailable, "Jobs cannot be changed now. Try again in a moment."),
        (httpx.Response(500, text="x"), Unavailable, "Jobs cannot be changed now. Try again in a moment."),
        (httpx.Response(400), Unavailable, "Jobs cannot be changed now. Try again in a moment."),
    ],
)
async def test_responses_become_errors(answer: httpx.Response, error: type[DarkroomError], message: str) -> None:
    with pytest.raises(error) as caught:
        await answering(lambda _: answer).retry("1", None)
    assert caught.value.message == message


CHARGE = Charge.of("k", Allowance(jobs_per_day=5), 7, clock.parse("2026-11-30T10:00:00.000Z"))


@pytest.mark.parametrize(
    ("ask", "path"),
    [(OrchestratorClient.retry, "/api/jobs/1/retry"), (OrchestratorClient.replay, "/api/jobs/1/deliveries/replay")],
)
@pytest.mark.parametrize("charge", [CHARGE, None])
async def test_a_charged_request_carries_its_charge(ask: Callable[..., Any], path: str, charge: Charge | None) -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(202)

    await ask(answering(answer), "1", charge)
    (request,) = requests
    assert (request.method, request.url.path) == ("POST", path)
    assert (Charge.model_validate_json(request.content) if request.content else None) == charge


async def test_errors_of_quotas_and_of_replays_keep_their_fields() -> None:
    told = {"detail": "Daily quota used up.", "quota": "jobs", "limit": 5, "used": 5}
    used_up = httpx.Response(429, json=told, headers={"retry-after": "600"})
    with pytest.raises(QuotaExceeded) as quota:
        await answering(lambda _: used_up).retry("1", CHARGE)
    assert (quota.value.message, quota.value.retry_after_seconds) == ("Daily quota used up.", 600)
    assert quota.value.fields == {"quota": "jobs", "limit": 5, "used": 5}
    busy = httpx.Response(409, json={"detail": "Being delivered.", "code": "under_way"}, headers={"retry-after": "7"})
    with pytest.raises(UnderWay) as under_way:
        await answering(lambda _: busy).replay("1", CHARGE)
    assert (under_way.value.message, under_way.value.retry_after_seconds) == ("Being delivered.", 7)


async def test_an_orchestrator_that_does_not_listen_is_unavailable() -> None:
    async with open_client("http://127.0.0.1:9") as client:
        with pytest.raises(Unavailable):
            await OrchestratorClient(client).delete("1")


async def test_an_orchestrator_that_answers_too_late_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orchestrator_client, "TOTAL_SECONDS", 0.05)
    released = asyncio.Event()

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with open_client(f"http://127.0.0.1:{port}") as client:
            with pytest.raises(Unavailable):
                await OrchestratorClient(client).cancel("1")
        released.set()
