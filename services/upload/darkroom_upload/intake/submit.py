"""Submit: make a job of an upload that streams through this service.

    the record is written (awaiting_upload) → the object comes into being → its arrival is announced → 202

A crash in between leaves a job that waits: the orchestrator's sweeper starts it when the object is there and lets it
expire when it is not, and a repetition with the same Idempotency-Key does what was left undone.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from darkroom import clock
from darkroom.errors import Conflict, IdempotencyMismatch, UnderWay
from darkroom.formats import ImageFormat
from darkroom.job_details import JobDetails
from darkroom.jobs import Job, JobStatus, NewJob, ObjectRef, new_job_id, unsettled
from darkroom.messages import UploadArrived
from darkroom.object_keys import upload_key
from darkroom.recipes import Presets
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom.tables.job_table import JobTable
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.quota_usage import QuotaUsage
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.intake.fields import fingerprint
from darkroom_upload.intake.form import FormEvent
from darkroom_upload.intake.idempotency_claims import Claim, Claims
from darkroom_upload.intake.new_jobs import NewJobs
from darkroom_upload.intake.originals import IncomingOriginal, NewOriginal, Originals
from darkroom_upload.intake.receiving import Received, UploadReceiver
from darkroom_upload.intake.watermark_images import require_watermark_images

_LOG = get_logger(__name__)

ARRIVAL_PERIOD: Final = timedelta(minutes=5)
"""How long until the sweeper looks after a job whose announcement nobody has seen."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """The job of a request, and whether an earlier request with the same Idempotency-Key made it."""

    job: Job
    details: JobDetails
    replayed: bool


@dataclass(frozen=True, kw_only=True)
class Submit:
    """The use case."""

    jobs: JobTable
    new_jobs: NewJobs
    claims: Claims
    usage: QuotaUsage
    stored: StoredBytes
    originals: Originals
    uploads: Queue
    presets: Presets
    max_upload_bytes: int
    allow_http: bool
    """For callback URLs."""
    arrival_period: timedelta = ARRIVAL_PERIOD

    async def __call__(
        self, events: AsyncIterator[FormEvent], *, caller: Caller, key: str | None, announced_bytes: int = 0
    ) -> Submission:
        """Take the upload in. Raises RequestError for what is wrong with it, Unavailable when AWS is away.

        An upload that is known to be too much for the caller's quotas is refused before it is read: as far as it is
        announced, that the file has at least so many bytes. Whether there is room is decided when the job is written.
        """
        claim = await self.claims.find(caller.owner, key) if key else None
        earlier = await self._claimed_job(claim) if claim else None
        if earlier is None:
            await self.usage.require_room(caller.charge(announced_bytes))
            await self.stored.require_room(caller)
        job_id = earlier.job_id if earlier else new_job_id()
        keep = earlier is None or earlier.status is JobStatus.AWAITING_UPLOAD
        async with UploadReceiver(
            presets=self.presets,
            max_bytes=self.max_upload_bytes,
            allow_http=self.allow_http,
            open_incoming=partial(self._open, job_id) if keep else None,
        ) as intake:
            async for event in events:
                await intake.take(event)
            received = intake.received()
            submission = await self._record(job_id, received, caller, key=key, claim=claim, earlier=earlier)
            if keep and submission.job.job_id == job_id:
                await self._announce(submission.job, await intake.store())
        if claim and keep:
            # A job that had waited for long may have expired while its bytes came once more.
            await self._claimed_job(claim)
        return submission

    def _open(self, job_id: str, filename: str, image_format: ImageFormat, recipe_name: str | None) -> IncomingOriginal:
        metadata = {"job-id": job_id} | ({"recipe": recipe_name} if recipe_name else {})
        return self.originals.incoming(
            NewOriginal(key=upload_key(job_id, filename), content_type=image_format.media_type, metadata=metadata)
        )

    async def _record(
        self,
        job_id: str,
        received: Received,
        caller: Caller,
        *,
        key: str | None,
        claim: Claim | None,
        earlier: Job | None,
    ) -> Submission:
        """Find the job that an earlier request made, or create it."""
        asked = _fingerprint(received)
        if claim and earlier:
            _require_same(claim, asked)
            return await self._replay(earlier)
        owner = caller.owner
        await require_watermark_images(self.jobs, received.chosen, caller)
        new = _new_job(job_id, caller, received, self.arrival_period)
        fresh = Claim(owner=owner, key=key, job_id=job_id, fingerprint=asked) if key else None
        created = await self.new_jobs.create(new, claim=fresh, charge=caller.charge(received.size))
        if key and not created:
            return await self._winner(owner, key, asked)
        _LOG.info("job_created", job_id=job_id, owner=owner, recipe=new.job.recipe_name, bytes=received.size)
        return Submission(job=new.job, details=JobDetails(metadata=new.metadata), replayed=False)

    async def _winner(self, owner: str, key: str, asked: str) -> Submission:
        """The job of the request that was a little faster, once that has stored its bytes. It may yet fail to."""
        claim = await self.claims.find(owner, key)
        if claim is None:
            raise UnderWay
        _require_same(claim, asked)
        job = await self._claimed_job(claim)
        if job.status is JobStatus.AWAITING_UPLOAD:
            raise UnderWay
        return await self._replay(job)

    async def _replay(self, job: Job) -> Submission:
        return Submission(job=job, details=await self.jobs.details_of(job.job_id), replayed=True)

    async def _claimed_job(self, claim: Claim) -> Job:
        job = await self.jobs.get(claim.job_id)
        if job is None:
            raise Conflict("The job of this Idempotency-Key was deleted. Use a new key.")
        if job.status is JobStatus.EXPIRED:
            raise Conflict("The job of this Idempotency-Key has expired, for its image never came. Use a new key.")
        return job

    async def _announce(self, job: Job, source: ObjectRef) -> None:
        arrived = UploadArrived(job_id=job.job_id, source=source)
        await self.uploads.send([Outgoing(job_id=job.job_id, message=arrived, owner=job.owner)])


def _require_same(claim: Claim, asked: str) -> None:
    if claim.fingerprint != asked:
        raise IdempotencyMismatch("This Idempotency-Key was used for another upload. Use a new key.")


def _fingerprint(received: Received) -> str:
    return fingerprint(
        "upload",
        received.sha256,
        received.filename,
        received.chosen.text,
        received.callback_url or "",
        metadata=received.metadata,
    )


def _new_job(job_id: str, caller: Caller, received: Received, arrival_period: timedelta) -> NewJob:
    now, recipe = clock.now(), received.chosen.recipe
    job = Job(
        job_id=job_id,
        owner=caller.owner,
        recipe_name=received.chosen.name,
        status=JobStatus.AWAITING_UPLOAD,
        created_at=now,
        updated_at=now,
        filename=received.filename,
        content_type=received.format.media_type,
        source_key=upload_key(job_id, received.filename),
        deadline=now + arrival_period,
        source_bytes=received.size,
        source_sha256=received.sha256,
        variants=unsettled(recipe),
        callback_url=received.callback_url or caller.callback_url,
    )
    return NewJob(job=job, recipe=recipe, metadata=received.metadata)
