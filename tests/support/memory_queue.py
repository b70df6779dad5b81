"""A queue in memory, for tests of consumers and senders. The contract suite checks that it behaves like SQS."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from uuid import uuid4

from darkroom.errors import Unavailable
from darkroom.runtime.queue import Delivery, Depth, Outgoing


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """A message in the queue, with its latest receipt handle."""

    delivery: Delivery
    visible_at: float
    """Time of the event loop at which the message becomes visible, in seconds."""


@dataclass
class MemoryQueue:
    """A queue with at-least-once delivery and a visibility timeout. It records the calls."""

    visibility_seconds: float = 30
    longest_poll_seconds: float = 0.1
    """A poll never waits longer than this, so that tests are fast."""
    deletes: list[list[str]] = field(default_factory=list)
    """Message ids of each delete call."""
    visibilities: list[tuple[list[str], int]] = field(default_factory=list)
    """Message ids and seconds of each visibility call."""
    failures: dict[str, list[Exception]] = field(default_factory=dict)
    """Errors that the next calls raise, by method."""

    def __post_init__(self) -> None:
        self._messages: dict[str, _Stored] = {}
        self._changed = asyncio.Event()
        self.receiving = asyncio.Event()
        """Set while a poll waits."""
        self.failed = asyncio.Event()
        """Set once a call has failed."""

    async def send(self, outgoing: Sequence[Outgoing]) -> None:
        """See Queue."""
        self._fail("send")
        for one in outgoing:
            self.put(one.message.model_dump_json(exclude_none=True), one.attributes)

    def put(self, body: str, attributes: dict[str, str] | None = None) -> str:
        """Add a message with this body. Return the message's id."""
        message_id = str(uuid4())
        delivery = Delivery(message_id=message_id, body=body, handle="", receives=0, attributes=attributes or {})
        self._messages[message_id] = _Stored(delivery=delivery, visible_at=_now())
        self._wake()
        return message_id

    async def receive(self, *, most: int, wait_seconds: float) -> list[Delivery]:
        """See Queue."""
        self._fail("receive")
        until = _now() + min(wait_seconds, self.longest_poll_seconds)
        self.receiving.set()
        try:
            while not (ready := self._visible()[:most]) and _now() < until:
                await self._change_before(until)
        finally:
            self.receiving.clear()
        return [self._hand_out(stored) for stored in ready]

    async def delete(self, deliveries: Sequence[Delivery]) -> None:
        """See Queue."""
        self._fail("delete")
        self.deletes.append([delivery.message_id for delivery in deliveries])
        for stored in self._held(deliveries):
            self._messages.pop(stored.delivery.message_id, None)
        self._wake()

    async def set_visibility(self, deliveries: Sequence[Delivery], seconds: int) -> None:
        """See Queue."""
        if not deliveries:
            return
        self._fail("set_visibility")
        self.visibilities.append(([delivery.message_id for delivery in deliveries], seconds))
        for stored in self._held(deliveries):
            self._messages[stored.delivery.message_id] = replace(stored, visible_at=_now() + seconds)
        self._wake()

    async def depth(self) -> Depth:
        """See Queue."""
        self._fail("depth")
        visible = len(self._visible())
        return Depth(visible=visible, in_flight=len(self._messages) - visible)

    async def until_deletes(self, count: int) -> None:
        """Wait until this many messages have been deleted since the start."""
        while sum(map(len, self.deletes)) < count:
            await self._change_before(None)

    async def until_empty(self) -> None:
        """Wait until every message has been deleted."""
        while self._messages:
            await self._change_before(None)

    async def until_visibilities(self, count: int) -> None:
        """Wait until there have been this many visibility calls since the start."""
        while len(self.visibilities) < count:
            await self._change_before(None)

    def _visible(self) -> list[_Stored]:
        return [stored for stored in self._messages.values() if stored.visible_at <= _now()]

    def _hand_out(self, stored: _Stored) -> Delivery:
        receives = stored.delivery.receives + 1
        delivery = replace(stored.delivery, handle=f"{stored.delivery.message_id}/{receives}", receives=receives)
        self._messages[delivery.message_id] = _Stored(delivery=delivery, visible_at=_now() + self.visibility_seconds)
        return delivery

    def _held(self, deliveries: Sequence[Delivery]) -> list[_Stored]:
        """Return the messages whose delivery is the latest one. Older receipt handles have no effect."""
        stored = [self._messages.get(delivery.message_id) for delivery in deliveries]
        handles = {delivery.handle for delivery in deliveries}
        return [one for one in stored if one is not None and one.delivery.handle in handles]

    async def _change_before(self, until: float | None) -> None:
        moments = [stored.visible_at for stored in self._messages.values() if stored.visible_at > _now()]
        if until is not None:
            moments.append(until)
        self._changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(min(moments, default=None)):
                await self._changed.wait()

    def _wake(self) -> None:
        self._changed.set()

    def _fail(self, method: str) -> None:
        if self.failures.get(method):
            self.failed.set()
            raise self.failures[method].pop(0)


def away(service: str = "SQS") -> Unavailable:
    """Return the error that an adapter raises if its service does not respond."""
    return Unavailable(f"{service} cannot be reached.")


def _now() -> float:
    return asyncio.get_running_loop().time()
