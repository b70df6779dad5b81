"""Receivers of webhooks, and servers of images: real HTTP servers on loopback."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from darkroom_local.ports import LOOPBACK

Handle = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Received:
    """A received request."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    """Responds to each request with the next of its answers. The last answer is repeated."""

    port: int = 0
    answers: list[web.Response | int] = field(default_factory=lambda: [204])
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._came = asyncio.Event()

    @property
    def url(self) -> str:
        """The URL to which webhooks are sent."""
        return f"http://{LOOPBACK}:{self.port}/hook"

    async def until(self, count: int) -> list[Received]:
        """Wait until there have been this many requests in total, and return all."""
        async with asyncio.timeout(20):
            while len(self.received) < count:
                self._came.clear()
                await self._came.wait()
        return self.received

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Record a request and return the next answer."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        body = (await request.read()).decode()
        self.received.append(Received(method=request.method, path=request.path_qs, headers=headers, body=body))
        self._came.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=answer) if isinstance(answer, int) else answer


@asynccontextmanager
async def receiving(
    *answers: web.Response | int, tls: ssl.SSLContext | None = None, kind: type[Receiver] = Receiver
) -> AsyncIterator[Receiver]:
    """Run a receiver on a free port during a `with` block."""
    receiver = kind()
    if answers:
        receiver.answers = list(answers)
    runner = web.ServerRunner(web.Server(receiver.answer))
    await runner.setup()
    listener = socket.create_server((LOOPBACK, 0))
    receiver.port = listener.getsockname()[1]
    await web.SockSite(runner, listener, ssl_context=tls).start()
    try:
        yield receiver
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_receiving(handle: Handle) -> AsyncIterator[str]:
    """Run a server that calls `handle` after each request head. Yields its URL during a `with` block."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await handle(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # The client has closed the connection.
        finally:
            writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    async with server:
        yield f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}/hook"


@asynccontextmanager
async def serving_image(image: bytes) -> AsyncIterator[str]:
    """Run a server of one image. Yields the image's URL during a `with` block."""

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(image) + image)
        await writer.drain()

    async with raw_receiving(serve) as url:
        yield url
