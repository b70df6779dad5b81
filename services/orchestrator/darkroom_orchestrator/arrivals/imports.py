"""Queues jobs whose original was fetched from a URL. Their bytes are counted now, since they were not known before."""

from dataclasses import dataclass

from darkroom.clock import Clock
from darkroom.errors import Unavailable
from darkroom.jobs import Job, JobSlots, ObjectRef
from darkroom.tables.daily_counter import Charge, DailyUsage
from darkroom_orchestrator.records.conditional_writes import OtherWriteRefused
from darkroom_orchestrator.records.imports import ImportRecords, arrival
from darkroom_orchestrator.records.job_store import JobStore


@dataclass(frozen=True, kw_only=True)
class ImportedFile:
    """What is known of an original that was fetched, beside its object. The processor finds what is missing."""

    content_type: str | None = None
    sha256: str | None = None
    """Hexadecimal."""


@dataclass(frozen=True, kw_only=True)
class ImportArrivals:
    """Queues the job of an import, and counts its bytes for its caller in the same transaction."""

    jobs: JobStore
    records: ImportRecords
    now: Clock

    async def queue(self, job: Job, original: ObjectRef, file: ImportedFile, slots: JobSlots | None) -> Job | None:
        """Return the queued job, or None if it does not wait any more. Raises QuotaExceeded and Unavailable.

        If the counter is gone, its day is over, and nothing is counted.
        """
        size = original.size
        more = arrival(file.content_type, size, file.sha256)
        try:
            return await self.jobs.queue(
                job, original, slots, more=more, other_writes=self.records.arrival_writes(job, size)
            )
        except OtherWriteRefused as refused:
            if refused.found:
                self._refuse(job, size, DailyUsage.of(refused.found))
            return await self.jobs.queue(job, original, slots, more=more)

    def _refuse(self, job: Job, size: int, used: DailyUsage) -> None:
        """Raise QuotaExceeded for an original that exceeds the quota of bytes."""
        Charge(
            counter=job.charged_to or "",
            jobs_per_day=None,
            bytes_per_day=job.pending_import.bytes_per_day if job.pending_import else None,
            size=size,
            moment=self.now(),
        ).require_room(used)
        raise Unavailable("Another job of this caller is being counted. Try again.")
