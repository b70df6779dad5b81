"""The transport of the blocking client. Its coroutines never suspend, so `finished` runs them without an event loop."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import asynccontextmanager
from typing import TypeVar

import httpx

from darkroom_client.files import Sending
from darkroom_client.transport import Request, Streamed, built

T = TypeVar("T")


class BlockingTransport:
    """See Transport."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    async def send(self, request: Request) -> httpx.Response:
        """See Transport."""
        return self._http.send(_told(built(self._http, request), request.file))

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[Streamed]:
        """See Transport."""
        answer = self._http.send(built(self._http, request), stream=True)
        try:
            if not answer.is_success:
                answer.read()
            yield Streamed(answer=answer, chunks=_each(answer.iter_bytes()))
        finally:
            answer.close()

    async def sleep(self, seconds: float) -> None:
        """See Transport."""
        time.sleep(seconds)  # noqa: ASYNC251 - no event loop runs this.

    async def run(self, work: Callable[[], T]) -> T:
        """See Transport."""
        return work()


def finished(work: Awaitable[T]) -> T:
    """Return the outcome of work over a BlockingTransport."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as end:
        outcome: T = end.value
        return outcome
    raise AssertionError("work over a BlockingTransport never suspends")


def each_finished(items: AsyncGenerator[T, None]) -> Generator[T, None, None]:
    """Yield what a generator over a BlockingTransport yields, and close it."""
    try:
        while True:
            try:
                item = finished(anext(items))
            except StopAsyncIteration:
                return
            yield item
    finally:
        finished(items.aclose())


class _Told(httpx.SyncByteStream):
    """A body that tells its progress, each time that a piece of it was sent."""

    def __init__(self, body: Iterator[bytes], file: Sending) -> None:
        self._body = body
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            yield piece
            self._file.tell_progress()


def _told(sent: httpx.Request, file: Sending | None) -> httpx.Request:
    if file and isinstance(sent.stream, httpx.SyncByteStream):
        sent.stream = _Told(iter(sent.stream), file)
    return sent


async def _each(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
