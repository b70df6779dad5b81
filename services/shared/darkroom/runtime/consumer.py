"""The consumer loop of a queue: long polls, bounded concurrency, heartbeats, batched deletes and a drain.

If a handler returns, its message is deleted. If it raises, the message comes back:

    a retryable error    after a growing pause (see `Pause`)
    another error        at once, so that SQS soon moves it to the dead-letter queue
    a bug                after the same pause, but at most a minute: only dead letters raise an alarm

Handlers are idempotent, since every message may come twice.

When `stop` is set, the consumer

    1. receives nothing more; it awaits the current poll and does not cancel it, since the server could still answer
       with messages that nobody would read; it returns these messages at once;
    2. lets handlers finish for `drain_seconds`, counted from the stop;
    3. cancels the others and returns their messages;
    4. sends the last deletes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, suppress
from typing import Final

from darkroom.errors import DarkroomError, Unavailable
from darkroom.runtime import tracing
from darkroom.runtime.logs import bound, get_logger
from darkroom.runtime.queue import BATCH, Delivery, Queue
from darkroom.runtime.tracing import Kind, Span

Handler = Callable[[Delivery], Awaitable[None]]
Pause = Callable[[Delivery], int]
"""Return for how many seconds to hide a message whose handler failed; at most 12 hours, the limit of SQS."""

_LOG = get_logger(__name__)

PAUSES_SECONDS: Final = (2, 10, 60, 300, 600)
"""Pauses after the first failures of a message. The last one is used for all further failures.

Each failure uses one of the receives that a queue allows. Most failures are over in a moment, some take an hour. So the
first pauses are short, and the later ones are long enough for all receives together to last longer than an hour.
"""
_LONGEST_AFTER_A_BUG_SECONDS: Final = 60
_RECEIVE_PAUSE_SECONDS: Final = 1.0
"""Pause after a receive that failed."""
_LINGER_SECONDS: Final = 0.05
"""How long a finished message waits, so that others are deleted in the same call."""


class Poison(DarkroomError):
    """The message cannot be read. A retry does not help."""

    code = "poison_message"


class Consumer:
    """Receives from one queue and runs a handler on each message, at most `concurrency` at a time."""

    def __init__(
        self,
        name: str,
        queue: Queue,
        handler: Handler,
        *,
        concurrency: int,
        wait_seconds: int,
        visibility_seconds: int,
        drain_seconds: float,
        pause: Pause | None = None,
    ) -> None:
        """`pause` is `growing_pause` by default."""
        self._name = name
        self._queue = queue
        self._handler = handler
        self._concurrency = concurrency
        self._wait_seconds = wait_seconds
        self._visibility_seconds = visibility_seconds
        self._drain_seconds = drain_seconds
        self._pause = pause or growing_pause
        self._working: set[asyncio.Task[None]] = set()
        self._in_hand: dict[str, Delivery] = {}
        """Messages that the heartbeat keeps hidden, by handle: received, and neither finished nor returned."""
        self._visibility_lock = asyncio.Lock()
        """Keeps a heartbeat from hiding a message again that is being returned."""
        self._done: asyncio.Queue[Delivery] = asyncio.Queue()

    async def run(self, stop: asyncio.Event) -> None:
        """Consume until `stop` is set, then drain. A message that fails never ends the loop."""
        companions = [asyncio.create_task(work) for work in (self._beat(), self._delete_done(), self._hurry(stop))]
        try:
            while not stop.is_set():
                await self._receive(stop)
        finally:
            if not stop.is_set():  # The queue cannot be used, or the process ends: do not wait for handlers.
                self._cancel_handlers()
            await self._drain()
            for companion in companions:
                companion.cancel()
            await asyncio.gather(*companions, return_exceptions=True)
        _LOG.info("consumer_stopped", consumer=self._name)

    async def _receive(self, stop: asyncio.Event) -> None:
        free = self._concurrency - len(self._working)
        if free == 0:
            await self._slot_or(stop)
            return
        try:
            deliveries = await self._queue.receive(most=min(free, BATCH), wait_seconds=self._wait_seconds)
        except Unavailable as error:
            _LOG.warning("receive_failed", consumer=self._name, reason=error.message, cause=error.cause)
            await _sleep_unless(stop, _RECEIVE_PAUSE_SECONDS)
            return
        self._in_hand |= {delivery.handle: delivery for delivery in deliveries}
        if stop.is_set():
            await self._return(deliveries)
            return
        for delivery in deliveries:
            task = asyncio.create_task(self._handle(delivery))
            self._working.add(task)
            task.add_done_callback(self._working.discard)

    async def _handle(self, delivery: Delivery) -> None:
        context = {"consumer": self._name, "message_id": delivery.message_id}
        if "job_id" in delivery.attributes:
            context["job_id"] = delivery.attributes["job_id"]
        with bound(**context), tracing.incoming(delivery.attributes), self._span(delivery) as span:
            try:
                await self._handler(delivery)
            except DarkroomError as error:
                tracing.mark_failed(span, error)
                failure = _LOG.bind(code=error.code, reason=error.message, receives=delivery.receives)
                if error.retryable:
                    failure.info("message_failed", cause=error.cause)
                    await self._give_back([delivery], self._pause(delivery))
                else:
                    failure.error("message_failed", exc_info=error)
                    await self._give_back([delivery])
            except Exception as error:  # noqa: BLE001 - a bug in one message must not stop the others
                tracing.mark_failed(span, error)
                _LOG.error("message_failed", code="bug", receives=delivery.receives, exc_info=error)
                await self._give_back([delivery], min(self._pause(delivery), _LONGEST_AFTER_A_BUG_SECONDS))
            else:
                self._let_go([delivery])
                self._done.put_nowait(delivery)

    def _span(self, delivery: Delivery) -> AbstractContextManager[Span]:
        attributes: dict[str, str | int] = {
            "messaging.system": "aws_sqs",
            "messaging.operation.type": "process",
            "messaging.destination.name": self._name,
            "messaging.message.id": delivery.message_id,
            "darkroom.receives": delivery.receives,
        }
        if "job_id" in delivery.attributes:
            attributes["job_id"] = delivery.attributes["job_id"]
        return tracing.span(f"process {self._name}", Kind.CONSUMER, attributes)

    async def _slot_or(self, stop: asyncio.Event) -> None:
        """Wait until a handler has ended or the stop is set."""
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({stopped, *self._working}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()

    async def _beat(self) -> None:
        """Keep messages hidden for as long as their handlers run."""
        while True:
            await asyncio.sleep(self._visibility_seconds / 3)
            async with self._visibility_lock:
                await self._set_visibility(list(self._in_hand.values()), self._visibility_seconds)

    async def _delete_done(self) -> None:
        """Delete finished messages, several in one call."""
        while True:
            batch = [await self._done.get()]
            await asyncio.sleep(_LINGER_SECONDS)
            while len(batch) < BATCH and not self._done.empty():
                batch.append(self._done.get_nowait())
            try:
                await self._queue.delete(batch)
            except Exception as error:  # noqa: BLE001 - an error here would end all deletes without a log line
                # The messages come again, and their handlers find the work done.
                _LOG.warning("delete_failed", consumer=self._name, messages=len(batch), exc_info=error)
            finally:
                for _ in batch:
                    self._done.task_done()

    async def _hurry(self, stop: asyncio.Event) -> None:
        """Cancel the handlers that still run at the end of the drain time."""
        await stop.wait()
        await asyncio.sleep(self._drain_seconds)
        self._cancel_handlers()

    def _cancel_handlers(self) -> None:
        for task in self._working:
            task.cancel()

    async def _drain(self) -> None:
        await asyncio.gather(*self._working, return_exceptions=True)
        await self._return(list(self._in_hand.values()))
        await self._done.join()

    async def _return(self, deliveries: list[Delivery]) -> None:
        """Return messages that there is no time for."""
        if deliveries:
            _LOG.info("messages_returned", consumer=self._name, messages=len(deliveries))
            await self._give_back(deliveries)

    async def _give_back(self, deliveries: list[Delivery], seconds: int = 0) -> None:
        """Return messages to the queue, visible after a pause, and end their heartbeat."""
        async with self._visibility_lock:
            await self._set_visibility(deliveries, seconds)
            self._let_go(deliveries)

    def _let_go(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            self._in_hand.pop(delivery.handle, None)

    async def _set_visibility(self, deliveries: list[Delivery], seconds: int) -> None:
        try:
            await self._queue.set_visibility(deliveries, seconds)
        except Exception as error:  # noqa: BLE001 - an error here would end the heartbeat without a log line
            # The next heartbeat comes before the visibility timeout. A returned message comes back at that timeout.
            _LOG.warning("set_visibility_failed", consumer=self._name, messages=len(deliveries), exc_info=error)


def growing_pause(delivery: Delivery, *, longest_seconds: int = PAUSES_SECONDS[-1]) -> int:
    """Return 2, 10, 60 … seconds by how often the message was received, and at most `longest_seconds`."""
    return min(PAUSES_SECONDS[min(delivery.receives, len(PAUSES_SECONDS)) - 1], longest_seconds)


async def _sleep_unless(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
