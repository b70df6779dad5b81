"""Run again: make a job that runs another recipe on the original of a job.

    write the job (awaiting_upload), which says what to copy → ask the orchestrator for the copy → answer 202

If the process dies after the write, the orchestrator's sweeper asks for the copy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from darkroom.errors import Conflict, UnderWay
from darkroom.job_details import JobDetails
from darkroom.jobs import Job, JobStatus, NewJob, ObjectRef, new_job_id, unsettled
from darkroom.messages import CopyRequested
from darkroom.object_keys import upload_key
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.intake.fields import fingerprint
from darkroom_upload.intake.idempotency_claims import Claim, Claims
from darkroom_upload.intake.new_jobs import NewJobs
from darkroom_upload.intake.options import JobOptions
from darkroom_upload.intake.submit import ARRIVAL_PERIOD, Submission
from darkroom_upload.intake.watermark_images import require_watermark_images
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.originals.stored_originals import StoredOriginals

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class RunAgain:
    """Makes a job on the original of another one."""

    jobs: JobReader
    new_jobs: NewJobs
    claims: Claims
    stored: StoredBytes
    originals: StoredOriginals
    uploads: Queue
    original_days: int
    """Days for which an original is readable, unless it is kept."""
    now: Callable[[], datetime]
    arrival_period: timedelta = ARRIVAL_PERIOD

    async def __call__(self, original_of: str, options: JobOptions, *, caller: Caller, key: str | None) -> Submission:
        """Make the job, or find the one that an earlier request with this Idempotency-Key made.

        Raises NotFound, Conflict while the original is awaited, OriginalGone, other RequestErrors, and Unavailable.
        """
        asked = fingerprint("run", original_of, *options.stated)
        claim = await self.claims.find(caller.owner, key) if key else None
        if claim:
            return await self._repeated(claim, asked)
        await self.stored.require_room(caller)
        source = await self.jobs.owned(original_of, caller.owner)
        original = await self.originals.require(source)
        await require_watermark_images(self.jobs, options.chosen, caller)
        new = self._new_job(source, original, options, caller)
        job = new.job
        fresh = Claim(owner=caller.owner, key=key, job_id=job.job_id, fingerprint=asked) if key else None
        created = await self.new_jobs.create(new, claim=fresh, charge=caller.charge(original.size, self.now()))
        if key and not created:
            claim = await self.claims.find(caller.owner, key)
            if claim is None:
                raise UnderWay
            return await self._repeated(claim, asked)
        _LOG.info("job_created", job_id=job.job_id, owner=job.owner, recipe=job.recipe_name, original_of=original_of)
        await self._request_copy(job)
        return Submission(job=job, details=JobDetails(metadata=new.metadata), replayed=False)

    async def _repeated(self, claim: Claim, asked: str) -> Submission:
        """Return the job that an earlier request made. That request may have died before it asked for the copy."""
        claim.require_same(asked)
        found = await self.jobs.with_details(claim.job_id)
        if found is None:
            raise Conflict("The job of this Idempotency-Key was deleted. Use a new key.")
        job, details = found
        if job.status is JobStatus.EXPIRED:
            raise Conflict("The job of this Idempotency-Key has expired. Use a new key.")
        if job.status is JobStatus.AWAITING_UPLOAD:
            await self._request_copy(job)
        return Submission(job=job, details=details, replayed=True)

    async def _request_copy(self, job: Job) -> None:
        request = CopyRequested(job_id=job.job_id)
        await self.uploads.send([Outgoing(job_id=job.job_id, message=request, owner=job.owner)])

    def _new_job(self, source: Job, original: ObjectRef, options: JobOptions, caller: Caller) -> NewJob:
        job_id, now, chosen = new_job_id(), self.now(), options.chosen
        job = Job(
            job_id=job_id,
            owner=caller.owner,
            created_by=caller.name,
            recipe_name=chosen.name,
            preset_version=chosen.version,
            status=JobStatus.AWAITING_UPLOAD,
            created_at=now,
            updated_at=now,
            filename=source.filename,
            content_type=source.content_type,
            original_key=upload_key(job_id, source.filename),
            original_of=source.job_id,
            copied_from=original,
            original_days=self.original_days,
            keep_original=options.keeps_original(otherwise=caller.keep_original),
            deadline=now + self.arrival_period,
            original_bytes=original.size,
            original_sha256=source.original_sha256,
            variants=unsettled(chosen.recipe),
            callback_url=options.callback_url or caller.callback_url,
            published=options.is_published(otherwise=caller.publish),
        )
        return NewJob(job=job, recipe=chosen.recipe, metadata=options.metadata)
