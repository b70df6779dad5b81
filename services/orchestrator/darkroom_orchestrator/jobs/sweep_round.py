"""What one sweep knows while it runs: the backlog, the jobs that wait behind it, and the failures so far."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from darkroom.errors import Unavailable
from darkroom.jobs import Job

MOST_FAILURES: Final = 3
"""Failures for one kind of job in one sweep. After these, the other jobs of that kind are left to the next sweep."""


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """Whether messages wait in the queues. While some wait, it is unknown whether the message of a job is lost.

    In busy times messages always wait, so this alone would hide messages that are lost. Queues deliver in about the
    order of arrival: of the jobs behind a backlog the oldest are next, unless their messages are lost. So each sweep
    sends the messages of a few of the oldest jobs again. The number does not grow with the backlog. No job is given up
    for this reason.
    """

    uploads: bool
    """Whether announcements wait."""
    imports: bool
    """Whether commands to fetch an original wait, or are being handled."""
    work: bool
    """Whether tasks or reports wait."""


@dataclass(kw_only=True)
class SweepRound:
    """State of one sweep."""

    backlog: Backlog
    behind: list[Job] = field(default_factory=list)
    """Jobs whose messages may wait in the backlog."""
    first_error: Unavailable | None = None
    failures: Counter[str] = field(default_factory=Counter)
    """Number of failures by kind of job."""

    @contextmanager
    def unavailable_noted(self, kind: str) -> Iterator[None]:
        """Note an Unavailable and continue."""
        try:
            yield
        except Unavailable as error:
            self.failures[kind] += 1
            self.first_error = self.first_error or error

    def is_blocked(self, kind: str) -> bool:
        """Whether jobs of this kind have failed so often that others would only wait for the same outage."""
        return self.failures[kind] >= MOST_FAILURES
