"""The changes of the last minutes, kept in memory for streams that resume."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from darkroom_upload.feed.change_reader import JobChange

KEPT: Final = timedelta(minutes=5)
"""How long a client may be away and still be told what it missed."""
MOST_KEPT: Final = 20_000
"""Most changes in memory, of all owners together: some 8 MB."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kept:
    change: JobChange
    known_at: datetime
    """The moment of the change, or that of the read that found it, if that was later."""


class RecentChanges:
    """The latest change of each job that changed recently, the one found last at the end."""

    def __init__(self) -> None:
        self._by_job: dict[str, _Kept] = {}
        self.complete_since: datetime | None = None
        """Every change since this moment is here; None before the first one was read."""

    def news(self, changes: Iterable[JobChange]) -> list[JobChange]:
        """Return the changes that are not known yet."""
        return [change for change in changes if not self._is_known(change)]

    def add(self, changes: Iterable[JobChange], found_at: datetime) -> None:
        """Keep changes. `found_at` is the moment of the read that found them."""
        for change in sorted(changes, key=lambda change: change.order):
            self._by_job.pop(change.job_id, None)
            self._by_job[change.job_id] = _Kept(change=change, known_at=max(change.moment, found_at))

    def forget(self, before: datetime) -> None:
        """Forget what is older than a moment, and the oldest changes beyond `MOST_KEPT`."""
        if self.complete_since is None or self.complete_since < before:
            self.complete_since = before
        while self._by_job:
            job_id, oldest = next(iter(self._by_job.items()))
            if oldest.known_at >= before and len(self._by_job) <= MOST_KEPT:
                return
            del self._by_job[job_id]
            self.complete_since = max(self.complete_since, oldest.known_at)

    def of_owner(self, owner: str, since: datetime) -> list[JobChange]:
        """Return the changes of an owner's jobs that a client may have missed since a moment."""
        kept = self._by_job.values()
        return [each.change for each in kept if each.change.owner == owner and each.known_at >= since]

    def _is_known(self, change: JobChange) -> bool:
        kept = self._by_job.get(change.job_id)
        # A deletion is the last change: an entry from before may still be in the index.
        return kept is not None and (kept.change.order == change.order or kept.change.is_deletion)
