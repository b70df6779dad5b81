"""Shares of what is done at the same time: nobody's many messages keep another's few from being handled.

A queue hands its messages out in about the order in which they came. A consumer therefore takes many of them in hand
and lets only some be handled at a time, of which again only some may be one owner's:

    queue ──► in hand, a few hundred ──► one owner's share ──► all handlers
                                         (waits here for      (waits here behind others' shares,
                                          its own)             never behind another's many)
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from darkroom.runtime.consumer import Handler
from darkroom.runtime.queue import OWNER_ATTRIBUTE, Delivery


class Shares:
    """At most `most` at a time, and of each owner's at most `each`. Who waits longest goes first."""

    def __init__(self, *, most: int, each: int) -> None:
        self._all = asyncio.Semaphore(most)
        self._each = each
        self._of: dict[str, asyncio.Semaphore] = {}
        self._present: dict[str, int] = {}

    @asynccontextmanager
    async def of(self, owner: str) -> AsyncIterator[None]:
        """A part of the owner's share for the length of the `async with` block."""
        self._present[owner] = self._present.get(owner, 0) + 1
        own = self._of.setdefault(owner, asyncio.Semaphore(self._each))
        try:
            async with own, self._all:
                yield
        finally:
            self._present[owner] -= 1
            if not self._present[owner]:
                del self._present[owner], self._of[owner]

    def guard(self, handler: Handler) -> Handler:
        """The handler, which waits for a part of its message's owner's share. Messages of nobody's share one."""

        async def handle(delivery: Delivery) -> None:
            async with self.of(delivery.attributes.get(OWNER_ATTRIBUTE, "")):
                await handler(delivery)

        return handle
