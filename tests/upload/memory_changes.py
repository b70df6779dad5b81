"""The index of changes in memory, and the summaries of jobs. Entries can appear late, and reads can fail."""

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from darkroom.clock import iso
from darkroom.errors import Unavailable
from darkroom.jobs import new_job_id
from darkroom_upload.feed.change_reader import Changes, JobChange


class MemoryChanges:
    """An index that a test fills. It counts its reads."""

    def __init__(self) -> None:
        self.entries: dict[str, JobChange] = {}
        self.states: dict[str, str] = {}
        self.reads: list[datetime] = []
        """The moment since which each read asked for changes."""
        self.summary_reads: list[list[str]] = []
        self.failures: list[Exception] = []
        self.skipped_before: datetime | None = None
        """Changes before it are left out, as if they were too many."""
        self._was_read = asyncio.Event()
        self._orders = 0

    def change(self, owner: str, moment: datetime, state: str, job_id: str | None = None) -> str:
        """Write a change of a job, which appears at once. Returns the job's id."""
        job_id = job_id or new_job_id()
        self.states[job_id] = state
        self._put(job_id, owner, moment, is_deletion=False)
        return job_id

    def delete(self, owner: str, moment: datetime, job_id: str) -> None:
        """Delete a job and leave its tombstone."""
        del self.states[job_id]
        self._put(job_id, owner, moment, is_deletion=True)

    def _put(self, job_id: str, owner: str, moment: datetime, *, is_deletion: bool) -> None:
        self._orders += 1
        order = f"{iso(moment)}#{self._orders:08x}"
        self.entries[job_id] = JobChange(job_id=job_id, owner=owner, order=order, is_deletion=is_deletion)

    async def read(self, since: datetime, _until: datetime) -> Changes:
        """Return changes as `ChangeReader` does."""
        self.reads.append(since)
        self._was_read.set()
        if self.failures:
            raise self.failures.pop()
        complete_since = max(since, self.skipped_before or since)
        # The index keeps milliseconds, and so does the question.
        found = [change for change in self.entries.values() if change.order >= iso(complete_since)]
        return Changes(found=found, complete_since=complete_since)

    async def summaries(self, job_ids: Sequence[str]) -> dict[str, str]:
        """Return summaries as `SummaryTexts` does: the job's state."""
        self.summary_reads.append(list(job_ids))
        return {job_id: json.dumps(self.states[job_id]) for job_id in job_ids if job_id in self.states}

    def fail(self, times: int = 1) -> None:
        """Let the next reads fail."""
        self.failures += [Unavailable("DynamoDB cannot be reached.") for _ in range(times)]

    async def next_poll(self) -> None:
        """Wait until a poll that began after this call has ended: the one after it has begun."""
        for _ in range(2):
            self._was_read.clear()
            await self._was_read.wait()


SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
