"""A running consumer for tests, and a handler that waits for them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from darkroom.runtime.consumer import Consumer, Handler, Pause
from darkroom.runtime.queue import Delivery
from tests.support.memory_queue import MemoryQueue

Stop = Callable[[], Coroutine[None, None, None]]


@asynccontextmanager
async def consuming(
    queue: MemoryQueue,
    handler: Handler,
    *,
    concurrency: int = 10,
    visibility_seconds: int = 30,
    drain_seconds: float = 5,
    pause: Pause | None = None,
) -> AsyncIterator[Stop]:
    """Run a consumer for at most ten seconds. The yielded function stops it, and returns when it has drained."""
    stop = asyncio.Event()
    consumer = Consumer(
        "test",
        queue,
        handler,
        concurrency=concurrency,
        wait_seconds=1,
        visibility_seconds=visibility_seconds,
        drain_seconds=drain_seconds,
        pause=pause,
    )
    running = asyncio.create_task(consumer.run(stop))

    async def stopped() -> None:
        stop.set()
        await running

    async with asyncio.timeout(10):
        try:
            yield stopped
        finally:
            await stopped()


class Door:
    """A handler that waits until it is opened, and knows which messages wait."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.waiting: list[Delivery] = []
        self.most_at_once = 0
        self._knocked = asyncio.Event()
        self._left = asyncio.Event()

    async def __call__(self, delivery: Delivery) -> None:
        self.waiting.append(delivery)
        self.most_at_once = max(self.most_at_once, len(self.waiting))
        self._knocked.set()
        try:
            await self.open.wait()
        finally:
            self.waiting.remove(delivery)
            self._left.set()

    async def until_waiting(self, count: int) -> None:
        while len(self.waiting) < count:
            self._knocked.clear()
            await self._knocked.wait()

    async def until_left(self) -> None:
        """Wait until a message has passed, or its handler was cancelled."""
        await self._left.wait()
