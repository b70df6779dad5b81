"""Follow all jobs of an owner: what has changed, batch after batch."""

import asyncio
import json
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from darkroom.errors import Unavailable
from darkroom.runtime.logs import get_logger
from darkroom_upload.feed.change_feed import ChangeFeed
from darkroom_upload.feed.stream import EventKind, OwnerEvent, Stream

_LOG = get_logger(__name__)

LONGEST_SECONDS: Final = 5 * 60
"""Most seconds of one response. A client then resumes it, and its credentials are looked up again."""
SHORTEST_SECONDS: Final = 4 * 60
"""Least seconds. A random time spreads the clients of a process that was started again."""
KEEP_ALIVE_SECONDS: Final = 15
"""Seconds of silence before a position is sent. Proxies end a silent connection; AWS does after 60 s."""
_PAUSE_SECONDS: Final = 1.0

Check = Callable[[], Awaitable[None]]
"""Raises an error unless the caller may still see the owner's jobs."""


class Reason(StrEnum):
    """Why a client must load its jobs again. The value is in the event `reset`."""

    NEW_STREAM = "new_stream"
    """The request named no earlier event."""
    TOO_LONG_AGO = "too_long_ago"
    """The changes since the event that the request named are not known any more, or it is not an event's id."""
    TOO_MANY_CHANGES = "too_many_changes"
    """There were more changes than the stream tells one by one."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Events to send together, and the position after them. Without events only the position has moved."""

    events: list[OwnerEvent]
    position: datetime


@dataclass(frozen=True, kw_only=True)
class FollowOwner:
    """Yields what changes among the jobs of an owner. An event can come twice, and always has the latest state."""

    feed: ChangeFeed
    monotonic: Callable[[], float] = time.monotonic

    async def __call__(
        self, owner: str, position: datetime | None, reason: Reason, check: Check
    ) -> AsyncGenerator[Batch, None]:
        """Yield what has changed since a position, then each change within about a second, until the stream's end.

        Without a position, or if it is too long ago, the first event is `reset` with `reason`. Calls `check` before
        each batch that has events, and raises what it raises.
        """
        length = random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS)  # noqa: S311 - nobody gains by guessing it
        ends_at = self.monotonic() + length
        with self.feed.open(owner) as stream:
            batch: Batch | None = await self._begun(stream, position, reason)
            while not self.feed.is_stopped:
                if batch:
                    yield batch
                left = ends_at - self.monotonic()
                if left <= 0:
                    return
                await stream.wait(min(left, KEEP_ALIVE_SECONDS))
                batch = await self._next(stream, check)

    async def _begun(self, stream: Stream, position: datetime | None, reason: Reason) -> Batch:
        """Let the stream begin at a position. If that is not possible, the first event is `reset`."""
        await self.feed.is_current()
        stream.has_lost = False
        missed = self.feed.missed(stream.owner, position) if position else None
        # A client that loads its jobs now may not find those of the last seconds in the index of lists.
        changes = self.feed.missed(stream.owner, self.feed.position) if missed is None else missed
        while not self.feed.is_stopped:
            try:
                stream.put_missed(await self.feed.events_of(changes or []))
                break
            except Unavailable as error:
                _LOG.warning("feed_failed", reason=error.message)
                await asyncio.sleep(_PAUSE_SECONDS)
        return self._batch(stream, [] if missed is not None else [_reset(reason)])

    async def _next(self, stream: Stream, check: Check) -> Batch | None:
        """Return what waits, or None if the caller cannot be checked now. Then it still waits."""
        if stream.has_lost:
            return await self._begun(stream, None, Reason.TOO_MANY_CHANGES)
        if stream.has_events:
            try:
                await check()
            except Unavailable as error:
                _LOG.warning("feed_failed", reason=error.message)
                await asyncio.sleep(_PAUSE_SECONDS)
                return None
        return self._batch(stream, [])

    def _batch(self, stream: Stream, first: list[OwnerEvent]) -> Batch:
        # Nothing is awaited between the two, so that no event before the position is missing.
        return Batch(events=first + stream.take(), position=self.feed.position)


def _reset(reason: Reason) -> OwnerEvent:
    return OwnerEvent(kind=EventKind.RESET, data=json.dumps({"reason": reason}))
