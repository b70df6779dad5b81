"""A TCP relay in front of a server, which breaks connections as a test asks for it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from darkroom_local.ports import LOOPBACK

_PIECE_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Fault:
    """The point at which one connection breaks. Counts are bytes that passed on it; None means never."""

    sent: int | None = None
    """Bytes from the client."""
    answered: int | None = None
    """Bytes from the server. 0 loses the answer of a request that was carried out."""


@dataclass
class Relay:
    """Passes connections on. Each new one takes the next of `faults`, if there is one."""

    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    breaks_at: Callable[[bytes], bool] = field(default=lambda _: False)
    """Whether a connection breaks because of a piece that the client sent, before it is passed on."""
    sent: list[bytes] = field(default_factory=list)
    """All pieces that clients sent."""
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Break all connections that are open."""
        for writer in self._open:
            writer.transport.abort()

    def times_sent(self, text: bytes) -> int:
        """Return how often clients have sent a text."""
        return b"".join(self.sent).lower().count(text.lower())

    async def serve(
        self, upstream: tuple[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Pass one connection on."""
        fault = self.faults.pop(0) if self.faults else Fault()
        with suppress(ConnectionError):
            upstream_reader, upstream_writer = await asyncio.open_connection(*upstream)
            self._open |= {writer, upstream_writer}
            try:
                ways = (
                    self._pass(reader, upstream_writer, fault.sent, self._note),
                    self._pass(upstream_reader, writer, fault.answered, lambda _: False),
                )
                tasks = [asyncio.create_task(way) for way in ways]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            finally:
                for end in (writer, upstream_writer):
                    self._open.discard(end)
                    end.transport.abort()

    def _note(self, piece: bytes) -> bool:
        self.sent.append(piece)
        return self.breaks_at(piece)

    @staticmethod
    async def _pass(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: int | None, breaks: Callable[[bytes], bool]
    ) -> None:
        while piece := await reader.read(_PIECE_BYTES):
            if breaks(piece):
                return
            if left is not None:
                piece, left = piece[:left], left - len(piece)
            writer.write(piece)
            await writer.drain()
            if left is not None and left <= 0:
                return


@asynccontextmanager
async def relaying(url: str) -> AsyncIterator[Relay]:
    """A relay to the server at `url`, for the length of a `with` block."""
    relay = Relay()
    target = urlsplit(url)
    upstream = (target.hostname or LOOPBACK, target.port or 80)
    server = await asyncio.start_server(lambda r, w: relay.serve(upstream, r, w), LOOPBACK, 0)
    relay.url = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    try:
        yield relay
    finally:
        server.close()
        relay.cut()
        await server.wait_closed()
