"""Asking the orchestrator."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from darkroom.errors import Conflict, DarkroomError, NotFound, Unavailable
from darkroom_upload.adapters import orchestrator
from darkroom_upload.adapters.orchestrator import Orchestrator, open_client


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> Orchestrator:
    return Orchestrator(httpx.AsyncClient(base_url="http://orchestrator", transport=httpx.MockTransport(answer)))


@pytest.mark.parametrize(
    ("ask", "method", "path"),
    [
        (Orchestrator.cancel, "POST", "/api/jobs/1/cancel"),
        (Orchestrator.retry, "POST", "/api/jobs/1/retry"),
        (Orchestrator.delete, "DELETE", "/api/jobs/1"),
    ],
)
async def test_each_question_has_its_route(ask: Callable[..., object], method: str, path: str) -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(202)

    await ask(answering(answer), "1")  # type: ignore[misc]  # a method of Orchestrator, which mypy does not follow
    assert [(request.method, request.url.path) for request in requests] == [(method, path)]


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (httpx.Response(404, json={"detail": "There is no such job."}), NotFound, "There is no such job."),
        (httpx.Response(409, json={"detail": "The job is completed."}), Conflict, "The job is completed."),
        (httpx.Response(409, text="<html>"), Conflict, "The job's status does not allow this now."),
        (httpx.Response(409, json=["detail"]), Conflict, "The job's status does not allow this now."),
        (httpx.Response(409, json={"detail": 1}), Conflict, "The job's status does not allow this now."),
        (httpx.Response(503), Unavailable, "Changes to jobs are not taken now. Try again in a moment."),
        (httpx.Response(500, text="x"), Unavailable, "Changes to jobs are not taken now. Try again in a moment."),
        (httpx.Response(400), Unavailable, "Changes to jobs are not taken now. Try again in a moment."),
    ],
)
async def test_answers_become_errors(answer: httpx.Response, error: type[DarkroomError], message: str) -> None:
    with pytest.raises(error) as caught:
        await answering(lambda _: answer).retry("1")
    assert caught.value.message == message


async def test_nobody_there_is_unavailable() -> None:
    async with open_client("http://127.0.0.1:9") as client:
        with pytest.raises(Unavailable):
            await Orchestrator(client).delete("1")


async def test_no_answer_in_time_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orchestrator, "TOTAL_SECONDS", 0.05)
    released = asyncio.Event()

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.close()

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with open_client(f"http://127.0.0.1:{port}") as client:
            with pytest.raises(Unavailable):
                await Orchestrator(client).cancel("1")
        released.set()
