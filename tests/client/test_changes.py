"""What a client makes of streams of all jobs. The server is real, its answers are not."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from darkroom_client import Change, JobChanged, JobGone, LoadAgain, errors
from darkroom_local.ports import LOOPBACK
from tests.client.shells import Shell, opened
from tests.client.test_following import EVENTS

pytestmark = pytest.mark.sockets

SUMMARY = {
    "job_id": "1",
    "status": "queued",
    "recipe": "web",
    "filename": "cat.jpg",
    "progress": {"done": 0, "failed": 0, "total": 4},
    "created_at": "2026-11-30T12:00:00.000Z",
    "updated_at": "2026-11-30T12:00:00.000Z",
    "completed_at": None,
    "cost": {"cpu_ms": 0, "bytes_read": 0, "bytes_written": 0},
}


def event(name: str, data: object, position: str) -> bytes:
    return f"retry: 10\n\nid: {position}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode()


class Server:
    """Gives each request the next answer, and keeps the positions that the requests name."""

    def __init__(self, *answers: bytes) -> None:
        self.positions: list[str] = []
        self._left = iter(answers)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        named = [line.partition(": ")[2] for line in head.splitlines() if line.startswith("last-event-id")]
        self.positions.append(named[0] if named else "")
        writer.write(next(self._left))
        writer.close()
        await writer.wait_closed()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Run during a `with` block. Yields the URL."""
        server = await asyncio.start_server(self, LOOPBACK, 0)
        async with server:
            yield f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"


async def test_changes_go_on_over_streams_and_positions_move_without_events(shell: Shell) -> None:
    server = Server(
        EVENTS + event("reset", {"reason": "new_stream"}, "5") + event("job", SUMMARY, "6") + b"id: 9\n\n",
        EVENTS + event("news", {}, "10") + event("deleted", {"job_id": "1"}, "11"),
    )
    async with server.running() as url, opened(shell, url) as darkroom:
        told: list[Change] = []
        async with aclosing(darkroom.changes()) as changes:
            while JobGone(job_id="1") not in told:
                told.append(await anext(changes))
    assert told[0] == LoadAgain(reason="new_stream")
    assert isinstance(told[1], JobChanged)
    assert told[1].job.as_document() == SUMMARY
    assert told[2:] == [JobGone(job_id="1")]
    assert server.positions == ["", "9"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", errors.UnexpectedAnswer),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", errors.UnexpectedAnswer),
    ],
)
async def test_what_is_no_stream_raises_after_all_tries(
    shell: Shell, answer: bytes, error: type[errors.DarkroomError]
) -> None:
    async with Server(*[answer] * 20).running() as url, opened(shell, url) as darkroom:
        with pytest.raises(error):
            _ = [change async for change in darkroom.changes()]
