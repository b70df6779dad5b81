"""One open stream: the events that wait to be sent to its client."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

MOST_WAITING: Final = 1000
"""Events that wait for a slow client, at most one for each job. Beyond that, the client must load its jobs again."""


class EventKind(StrEnum):
    """What an event of the stream says. The value is the name of the event."""

    JOB = "job"
    """A job is new or has changed. The data is its summary."""
    DELETED = "deleted"
    """A job is gone. The data has its id."""
    RESET = "reset"
    """The client may have missed changes: it must load its jobs again. The data says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnerEvent:
    """One event, shared by all streams of an owner."""

    kind: EventKind
    data: str
    """JSON in one line."""


@dataclass(eq=False, kw_only=True)
class Stream:
    """The events of one owner that one client has not got yet: the latest of each job."""

    owner: str
    has_lost: bool = False
    """Whether events were dropped, so that the client must load its jobs again."""
    _waiting: dict[str, OwnerEvent] = field(default_factory=dict)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, job_id: str, event: OwnerEvent) -> None:
        """Add an event. It replaces an earlier one of the same job."""
        self._waiting.pop(job_id, None)
        self._waiting[job_id] = event
        if len(self._waiting) > MOST_WAITING:
            self.lose()
        self.wake()

    def put_missed(self, events: Mapping[str, OwnerEvent]) -> None:
        """Add events from before the stream began, unless a newer one of the same job waits already."""
        self._waiting = {**events, **self._waiting}

    def lose(self) -> None:
        """Drop all events."""
        self._waiting.clear()
        self.has_lost = True
        self.wake()

    def take(self) -> list[OwnerEvent]:
        """Return the events that wait, and forget them."""
        events = list(self._waiting.values())
        self._waiting.clear()
        self._woken.clear()
        return events

    @property
    def has_events(self) -> bool:
        """Whether events wait."""
        return bool(self._waiting)

    def wake(self) -> None:
        """End a wait."""
        self._woken.set()

    async def wait(self, seconds: float) -> None:
        """Return once there is something to send, after `seconds` at the latest."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
