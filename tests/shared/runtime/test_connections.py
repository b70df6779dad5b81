"""Connections of clients that send or read next to nothing, or that break the protocol."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import pytest
import pytest_asyncio
import uvicorn
from starlette.types import Receive, Scope, Send

from darkroom.runtime import connections
from darkroom.runtime.server import configuration

pytestmark = pytest.mark.sockets

HEAD: Final = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED: Final = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
GET: Final = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to pytest."""
        yield


class App:
    """Answers at once, without reading the body. `/endless` answers without end, and sets `left` if a client leaves."""

    def __init__(self) -> None:
        self.left = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        endless = asyncio.create_task(self._flood(send)) if scope["path"] == "/endless" else None
        if endless:
            while (await receive())["type"] != "http.disconnect":
                pass
            endless.cancel()
            self.left.set()
        else:
            await send({"type": "http.response.body", "body": b"answered"})

    async def _flood(self, send: Send) -> None:
        while True:
            await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})
            await asyncio.sleep(0)


@pytest_asyncio.fixture
async def app() -> AsyncIterator[tuple[App, int]]:
    """Serve an application, and return it with its port."""
    app, listener = App(), socket.create_server(("127.0.0.1", 0))
    server = _Server(configuration(app, keep_alive_seconds=1, drain_seconds=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield app, listener.getsockname()[1]
    server.should_exit = True
    await serving


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(20):
            yield reader, writer
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def trickle(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send the same bytes again and again, until the server closes the connection."""
    while True:
        writer.write(data)
        await writer.drain()
        await asyncio.sleep(0.05)


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    """Return all data until the other side closes or resets the connection."""
    said = b""
    try:
        while chunk := await reader.read(65536):
            said += chunk
    except ConnectionError:
        return said
    return said


TRICKLES: Final = {
    "nothing": (b"", b""),
    "half a head": (HEAD, b""),
    "a head without end": (HEAD, b"x: y\r\n"),
    "an answer, and nothing more": (GET, b""),
    "an answer, and blank lines": (GET, b"\r\n"),
    "an answer, and a head without end": (GET + HEAD, b"x: y\r\n"),
    "an answer, and a body that is not ended": (CHUNKED, b""),
    "an answer, and a body without end": (CHUNKED, b"1\r\nx\r\n"),
    "an answer, and a body that comes byte by byte": (HEAD + b"Content-Length: 1000000\r\n\r\n", b"x"),
}
"""The first bytes of a client, and those that it repeats."""


async def test_a_connection_without_a_request_is_closed_even_if_bytes_arrive(app: tuple[App, int]) -> None:
    async def answered(begun: bytes, goes_on: bytes) -> bool:
        async with connected(app[1]) as (reader, writer):
            writer.write(begun)
            trickling = asyncio.create_task(trickle(writer, goes_on))
            said = await until_closed(reader)
            trickling.cancel()
            await asyncio.gather(trickling, return_exceptions=True)
        return b"answered" in said

    answers = await asyncio.gather(*(answered(*trickling) for trickling in TRICKLES.values()))
    assert dict(zip(TRICKLES, answers, strict=True)) == {name: name.startswith("an answer") for name in TRICKLES}


async def test_a_connection_is_closed_if_its_answer_is_not_read(
    app: tuple[App, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "STALL_SECONDS", 0.2)
    async with connected(app[1]) as (_, writer):
        writer.write(GET.replace(b"/ ", b"/endless "))
        await app[0].left.wait()


async def test_a_slowly_read_answer_continues(app: tuple[App, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "STALL_SECONDS", 1.5)
    clock = asyncio.get_running_loop().time
    async with connected(app[1]) as (reader, writer):
        writer.write(GET.replace(b"/ ", b"/endless "))
        until = clock() + 3
        while clock() < until:
            await reader.readexactly(1024 * 1024)
            await asyncio.sleep(0.05)  # At leisure, as clients do; as fast as it can be made it would take both cores.
        assert not app[0].left.is_set()


NO_HTTP: Final = {
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "NUL": b"GET / HTTP/1.1\r\nHost: x\r\nx: a\0b\r\n\r\n",
    "line break in the path": b"GET /a\rb HTTP/1.1\r\nHost: x\r\n\r\n",
    "negative length": HEAD + b"Content-Length: -1\r\n\r\n",
    "length of 5000 digits": HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "unknown coding": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n",
    "endless header": HEAD + b"x: " + b"y" * 200_000,
    "endless headers": HEAD + b"x: y\r\n" * 200_000,
}


@pytest.mark.parametrize("request_", NO_HTTP.values(), ids=NO_HTTP)
async def test_invalid_http_gets_a_problem_document_and_the_connection_is_closed(
    app: tuple[App, int], request_: bytes
) -> None:
    async with connected(app[1]) as (reader, writer):
        writer.write(request_)
        head, _, body = (await until_closed(reader)).partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    assert lines[0].startswith(b"http/1.1 400")
    assert {b"content-type: application/problem+json", b"x-content-type-options: nosniff"} <= set(lines)
    assert b'"code": "malformed_request"' in body


@pytest.mark.parametrize("path", [b"/", b"/endless"], ids=["after the answer", "while it is sent"])
async def test_a_body_that_breaks_after_the_answer_closes_the_connection_without_a_log_line(
    app: tuple[App, int], caplog: pytest.LogCaptureFixture, path: bytes
) -> None:
    async with connected(app[1]) as (reader, writer):
        writer.write(CHUNKED.replace(b"/ ", path + b" "))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"no number\r\n")
        assert b"HTTP/1.1" not in await until_closed(reader)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
