"""The transport of the async client: asyncio, with threads for what blocks."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import TypeVar

import httpx

from darkroom_client.files import Sending
from darkroom_client.transport import Request, Streamed, built

T = TypeVar("T")


class AsyncTransport:
    """See Transport."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def send(self, request: Request) -> httpx.Response:
        """See Transport."""
        return await self._http.send(_told(built(self._http, request), request.file))

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[Streamed]:
        """See Transport."""
        answer = await self._http.send(built(self._http, request), stream=True)
        try:
            if not answer.is_success:
                await answer.aread()
            yield Streamed(answer=answer, chunks=answer.aiter_bytes())
        finally:
            await answer.aclose()

    async def sleep(self, seconds: float) -> None:
        """See Transport."""
        await asyncio.sleep(seconds)

    async def run(self, work: Callable[[], T]) -> T:
        """See Transport."""
        return await asyncio.to_thread(work)


class _Told(httpx.AsyncByteStream):
    """A body that is read in a thread, since a file may be slow, and that tells its progress in the event loop."""

    def __init__(self, body: Iterator[bytes], file: Sending) -> None:
        self._body = body
        self._file = file

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await asyncio.to_thread(next, self._body, None)) is not None:
            yield piece
            self._file.tell_progress()


def _told(sent: httpx.Request, file: Sending | None) -> httpx.Request:
    if file and isinstance(sent.stream, httpx.SyncByteStream):
        sent.stream = _Told(iter(sent.stream), file)
    return sent
