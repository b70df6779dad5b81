"""What a client makes of streams that a service seldom sends. The server is real, its answers are not."""

import asyncio
import json

import pytest

from darkroom_client import errors
from tests.client.shells import Shell, opened
from tests.client.test_downloads import job_with
from tests.support.receiver import Handle, raw_receiving

pytestmark = pytest.mark.sockets

OPEN = json.dumps({**job_with().as_document(), "status": "queued"})
ENDED = json.dumps(job_with().as_document())
EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"


def answering(*answers: bytes) -> Handle:
    """Give each request the next of these answers."""
    left = iter(answers)

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(next(left))
        await writer.drain()

    return answer


def event(kind: str, data: str) -> bytes:
    return f"id: x\nretry: 10\nevent: {kind}\ndata: {data}\n\n".encode()


def status(body: str) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + body.encode()


async def test_deleted_job_raises(shell: Shell) -> None:
    told = EVENTS + event("status", OPEN) + event("deleted", '{"job_id": "1"}')
    async with raw_receiving(answering(told)) as url, opened(shell, url) as darkroom:
        with pytest.raises(errors.JobDeleted, match="The job 1 was deleted"):
            await darkroom.wait("1")


async def test_unknown_events_are_ignored(shell: Shell) -> None:
    told = EVENTS + event("news", "{}") + event("status", ENDED)
    async with raw_receiving(answering(told)) as url, opened(shell, url) as darkroom:
        assert not (await darkroom.wait("1")).is_open


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>",
    ],
    ids=["nothing more", "page of a proxy"],
)
async def test_status_is_polled_if_there_is_no_stream(shell: Shell, answer: bytes) -> None:
    async with raw_receiving(answering(answer, status(OPEN), status(ENDED))) as url, opened(shell, url) as darkroom:
        assert [job.is_open async for job in darkroom.events("1")] == [True, False]


async def test_stream_is_refused_three_times_before_the_status_is_asked_for(shell: Shell) -> None:
    refused = b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n"
    async with raw_receiving(answering(*[refused] * 3, status(ENDED))) as url, opened(shell, url) as darkroom:
        assert not (await darkroom.wait("1")).is_open


async def test_stream_that_ends_early_is_opened_again_and_tells_nothing_twice(shell: Shell) -> None:
    first = EVENTS + event("status", OPEN)
    again = EVENTS + event("status", OPEN) + event("status", ENDED)
    async with raw_receiving(answering(first, again)) as url, opened(shell, url) as darkroom:
        assert [job.is_open async for job in darkroom.events("1")] == [True, False]
