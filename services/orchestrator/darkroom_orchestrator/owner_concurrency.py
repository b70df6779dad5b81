"""Limits how many messages of one owner are handled at the same time, so that its flood delays no other owner.

A queue delivers messages in about the order in which they came. A consumer therefore receives many of them and handles
only some at the same time; of these, each owner has at most a share:

    queue ──► received, a few hundred ──► one owner's share ──► all handlers
                                          (waits here for      (waits here behind the shares of
                                           its own owner)       others, never behind their floods)
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from darkroom.runtime.consumer import Handler
from darkroom.runtime.queue import OWNER_ATTRIBUTE, Delivery


class OwnerConcurrency:
    """Lets at most `most` run at the same time, and at most `each` of one owner. The longest waiting goes first."""

    def __init__(self, *, most: int, each: int) -> None:
        self._all = asyncio.Semaphore(most)
        self._each = each
        self._of: dict[str, asyncio.Semaphore] = {}
        self._present: dict[str, int] = {}

    @asynccontextmanager
    async def of(self, owner: str) -> AsyncIterator[None]:
        """Hold a permit of the owner's share during the `async with` block."""
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
        """Return the handler, limited by the share of each message's owner. Messages without an owner share one."""

        async def handle(delivery: Delivery) -> None:
            async with self.of(delivery.attributes.get(OWNER_ATTRIBUTE, "")):
                await handler(delivery)

        return handle
