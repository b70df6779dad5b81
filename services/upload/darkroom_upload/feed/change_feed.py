"""The feed of changes: one poll a second finds what has changed, for all streams of this process together.

The cost of a poll does not depend on the number of streams: it reads the latest entries of the index of changes, then
the summaries of those jobs whose owners have a stream. While no stream is open, nothing is read.

Nothing is missed, although clocks differ and the index is late:

    overlap     each poll reads again what the clocks say is a few seconds old; known changes are left out
    long look   twice a minute a poll reads the last five minutes again, for entries that came very late
    gap         if changes may have been skipped, all streams tell their clients to load their jobs again

A poll that fails changes nothing, so the next one finds the same.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from darkroom.clock import Clock
from darkroom.errors import Unavailable
from darkroom.runtime.logs import get_logger
from darkroom_upload.feed.change_reader import Changes, JobChange
from darkroom_upload.feed.recent_changes import KEPT, RecentChanges
from darkroom_upload.feed.stream import EventKind, OwnerEvent, Stream
from darkroom_upload.stopping import until_either

_LOG = get_logger(__name__)

POLL_SECONDS: Final = 1.0
OVERLAP: Final = timedelta(seconds=5)
"""How far a poll looks back behind the one before. Covers the lag of the index, and the difference of clocks."""
RESUMED_OVERLAP: Final = timedelta(seconds=30)
"""How far a resumed stream looks back behind the position that its client names."""
_LONG_LOOK: Final = timedelta(seconds=30)
MOST_MISSED: Final = 500
"""Changes of one owner that a poll or a resumed stream tells one by one. Beyond that, clients load their jobs again."""

ReadChanges = Callable[[datetime, datetime], Awaitable[Changes]]
"""Reads the changes between two moments. Raises Unavailable."""
ReadSummaries = Callable[[Sequence[str]], Awaitable[dict[str, str]]]
"""Returns the summaries of those jobs that exist, as JSON, by their ids. Raises Unavailable."""


class ChangeFeed:
    """Tells streams what has changed. Only while `run` runs; when that ends, all streams end."""

    def __init__(
        self,
        read_changes: ReadChanges,
        read_summaries: ReadSummaries,
        *,
        now: Clock,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._read_changes = read_changes
        self._read_summaries = read_summaries
        self._now = now
        self._poll_seconds = poll_seconds
        self._recent = RecentChanges()
        self._streams: defaultdict[str, set[Stream]] = defaultdict(set)
        self._position: datetime | None = None
        self._looked_back_at: datetime | None = None
        self._wanted = asyncio.Event()
        self._is_current = asyncio.Event()
        self.is_stopped = False

    @contextmanager
    def open(self, owner: str) -> Iterator[Stream]:
        """Give the `with` block a stream that gets the events of an owner's jobs."""
        stream = Stream(owner=owner)
        self._streams[owner].add(stream)
        self._wanted.set()
        try:
            yield stream
        finally:
            self._streams[owner].discard(stream)
            if not self._streams[owner]:
                del self._streams[owner]
            if not self._streams:
                self._wanted.clear()
                self._is_current.clear()

    async def is_current(self) -> None:
        """Return once a poll has been made recently, or the feed has stopped."""
        await self._is_current.wait()

    @property
    def position(self) -> datetime:
        """The moment of the latest poll: all streams have been told everything before it."""
        return self._position or self._now()

    def missed(self, owner: str, position: datetime) -> list[JobChange] | None:
        """Return the changes since a position, some from before it included.

        Returns None if not all are known any more, if they are too many, or if the position lies in the future.
        """
        complete_since = self._recent.complete_since
        if complete_since is None or not complete_since <= position <= self.position + OVERLAP:
            return None
        changes = self._recent.of_owner(owner, position - RESUMED_OVERLAP)
        return changes if len(changes) <= MOST_MISSED else None

    async def events_of(self, changes: Sequence[JobChange]) -> dict[str, OwnerEvent]:
        """Return the events that tell of changes, by job id. Jobs that are gone have one only for their deletion."""
        events = {change.job_id: _deleted(change.job_id) for change in changes if change.is_deletion}
        summaries = await self._read_summaries([change.job_id for change in changes if not change.is_deletion])
        return events | {job_id: OwnerEvent(kind=EventKind.JOB, data=text) for job_id, text in summaries.items()}

    async def run(self, stop: asyncio.Event) -> None:
        """Poll for open streams until `stop` is set, then end all streams."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                await until_either(stopping, self._wanted.wait())
                if self._streams:
                    await self._poll()
                await until_either(stopping, asyncio.sleep(self._poll_seconds))
        finally:
            stopping.cancel()
            self.is_stopped = True
            self._is_current.set()
            for stream in self._all_streams():
                stream.wake()

    async def _poll(self) -> None:
        moment = self._now()
        since = self._since(moment)
        try:
            changes = await self._read_changes(since, moment)
            news = self._recent.news(changes.found)
            has_gap = self._position is None or changes.complete_since > self._position
            # All streams that are open after a pause are new: they begin with what they have missed.
            is_after_pause = not self._is_current.is_set()
            told, too_many = self._told([] if has_gap or is_after_pause else news)
            events = await self.events_of(told)
        except Unavailable as error:
            _LOG.warning("feed_failed", reason=error.message)
            return
        except Exception as error:  # noqa: BLE001 - an error here would end the service
            _LOG.error("feed_failed", code="bug", exc_info=error)
            return
        # Nobody knows when an entry appeared that was found after a pause. The overlap of resumed streams covers that.
        self._recent.add(news, since if is_after_pause else moment)
        self._recent.forget(changes.complete_since if has_gap else moment - KEPT)
        self._position = moment
        self._tell(told, events)
        for stream in self._all_streams():
            if has_gap or stream.owner in too_many:
                stream.lose()
        self._is_current.set()

    def _tell(self, changes: Sequence[JobChange], events: dict[str, OwnerEvent]) -> None:
        for change in changes:
            for stream in self._streams.get(change.owner, ()):
                if change.job_id in events:
                    stream.put(change.job_id, events[change.job_id])

    def _since(self, moment: datetime) -> datetime:
        """Return how far a poll at this moment must look back."""
        farthest = moment - KEPT
        if self._position is None or self._looked_back_at is None or moment - self._looked_back_at >= _LONG_LOOK:
            self._looked_back_at = moment
            return farthest
        return max(farthest, min(self._position, moment) - OVERLAP)

    def _told(self, news: Sequence[JobChange]) -> tuple[list[JobChange], set[str]]:
        """Return the changes to tell, and the owners who have too many."""
        counts = Counter(change.owner for change in news if change.owner in self._streams)
        too_many = {owner for owner, count in counts.items() if count > MOST_MISSED}
        return [change for change in news if change.owner in counts.keys() - too_many], too_many

    def _all_streams(self) -> list[Stream]:
        return [stream for streams in self._streams.values() for stream in streams]


def _deleted(job_id: str) -> OwnerEvent:
    return OwnerEvent(kind=EventKind.DELETED, data=json.dumps({"job_id": job_id}))
