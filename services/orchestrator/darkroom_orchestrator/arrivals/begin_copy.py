"""Begins a job whose original is a copy: of another job's original, or of a drop that is kept.

    the record says what to copy → copy it → begin the job → delete the drop

All drops expire by their prefix, so a drop that is kept is copied to a key of its own.
"""

from dataclasses import dataclass

from darkroom.errors import OriginalGone
from darkroom.jobs import Fault, Job, JobStatus, ObjectRef
from darkroom.object_keys import is_drop
from darkroom.runtime.logs import bound, get_logger
from darkroom_orchestrator.arrivals.begin_job import BeginJob
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.storage.originals import NewCopy, Original, Originals

_LOG = get_logger(__name__)

_GONE = Fault(
    code=OriginalGone.code,
    message="The original was gone before it could be copied: it expired or was deleted. Upload the image again.",
)


@dataclass(frozen=True, kw_only=True)
class BeginCopy:
    """Copies the original of a job, and begins the job. May be repeated after any step."""

    jobs: JobStore
    originals: Originals
    begin: BeginJob

    async def of(self, job_id: str, *, redelivered: bool) -> None:
        """Begin the job of this id, unless it was deleted. Raises Unavailable."""
        with bound(job_id=job_id):
            job = await self.jobs.get(job_id)
            if job is None or job.copied_from is None:
                _LOG.info("copy_ignored", reason="there is no such job")
                return
            await self(job, job.copied_from, redelivered=redelivered)

    async def __call__(self, job: Job, source: ObjectRef, *, redelivered: bool) -> None:
        """Begin a job, as it was read, whose original is a copy of `source`. Raises Unavailable."""
        if job.status is JobStatus.AWAITING_UPLOAD:
            copied = await self._copy_and_begin(job, source)
        else:
            await self.begin(job, job.original or source, redelivered=redelivered)
            copied = job.original is not None and job.original.key == job.original_key
            if redelivered and copied and job.original:
                # Two handlers may have copied at the same time.
                await self.originals.delete_all_but(job.original)
        if copied and is_drop(source.key):
            await self.originals.delete(source.key, source)

    async def _copy_and_begin(self, job: Job, source: ObjectRef) -> bool:
        """Return whether there is a copy."""
        fault = await self.begin.refusal(job, source)
        copy = None if fault else await self.originals.find(job.original_key) or await self._copy(job, source)
        if copy:
            await self.begin(job, copy.ref, redelivered=False)
            return True
        await self.begin.refuse(job, source if is_drop(source.key) else None, fault or _GONE)
        return False

    async def _copy(self, job: Job, source: ObjectRef) -> Original | None:
        copy = NewCopy(key=job.original_key, job_id=job.job_id, content_type=job.content_type, days=job.original_days)
        return await self.originals.copy(source, copy)
