"""Submit: make a job of an upload that streams through this service.

    write the job (awaiting_upload) → make the original exist → announce its arrival → answer 202

A crash between two steps leaves a job that waits. The orchestrator's sweeper starts the job if the original exists, and
else lets it expire. A request that repeats the Idempotency-Key does the remaining steps.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from darkroom.errors import UnderWay
from darkroom.formats import ImageFormat
from darkroom.intake.incoming_original import IncomingOriginal, NewOriginal
from darkroom.job_details import JobDetails
from darkroom.jobs import Job, JobStatus, NewJob, ObjectRef, new_job_id, unsettled
from darkroom.messages import UploadArrived
from darkroom.object_keys import upload_key
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom.tables.job_table import JobTable
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.quota_usage import QuotaUsage
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.intake.choose_recipe import ChooseRecipe
from darkroom_upload.intake.fields import fingerprint
from darkroom_upload.intake.form import FormEvent
from darkroom_upload.intake.idempotency_claims import Claim, Claims, claimed_job
from darkroom_upload.intake.new_jobs import NewJobs
from darkroom_upload.intake.originals import Originals
from darkroom_upload.intake.receiving import ReceivedUpload, UploadReceiver
from darkroom_upload.intake.watermark_images import require_watermark_images

_LOG = get_logger(__name__)

ARRIVAL_PERIOD: Final = timedelta(minutes=5)
"""How long the sweeper waits for a job's announcement before it checks the job."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """The job of a request, and whether an earlier request with the same Idempotency-Key made it."""

    job: Job
    details: JobDetails
    replayed: bool


@dataclass(frozen=True, kw_only=True)
class Submit:
    """Makes a job of an upload."""

    jobs: JobTable
    new_jobs: NewJobs
    claims: Claims
    usage: QuotaUsage
    stored: StoredBytes
    originals: Originals
    uploads: Queue
    choose_recipe: ChooseRecipe
    max_upload_bytes: int
    original_days: int
    """Days for which an original is readable, unless it is kept."""
    allow_http: bool
    """Whether callback URLs may use plain HTTP."""
    now: Callable[[], datetime]
    arrival_period: timedelta = ARRIVAL_PERIOD

    async def __call__(
        self, events: AsyncIterator[FormEvent], *, caller: Caller, key: str | None, announced_bytes: int = 0
    ) -> Submission:
        """Receive the upload and make its job. Raises RequestError for a fault of the upload, and Unavailable.

        An upload that is certain to exceed the caller's quotas is refused unread: the file has at least
        `announced_bytes`. The write of the job then decides whether the quotas have room.
        """
        claim = await self.claims.find(caller.owner, key) if key else None
        earlier = await claimed_job(self.jobs, claim) if claim else None
        if earlier is None:
            await self.usage.require_room(caller.charge(announced_bytes, self.now()))
            await self.stored.require_room(caller)
        job_id = earlier.job_id if earlier else new_job_id()
        keep = earlier is None or earlier.status is JobStatus.AWAITING_UPLOAD
        async with UploadReceiver(
            choose=partial(self.choose_recipe, owner=caller.owner),
            max_bytes=self.max_upload_bytes,
            allow_http=self.allow_http,
            open_file=partial(self._open, job_id) if keep else None,
        ) as receiver:
            async for event in events:
                await receiver.handle(event)
            received = await receiver.received()
            submission = await self._record(job_id, received, caller, key=key, claim=claim, earlier=earlier)
            if keep and submission.job.job_id == job_id:
                await self._announce(submission.job, await receiver.store())
        if claim and keep:
            # The job may have expired while its bytes arrived again. This raises Conflict then.
            await claimed_job(self.jobs, claim)
        return submission

    def _open(self, job_id: str, filename: str, image_format: ImageFormat, recipe_name: str | None) -> IncomingOriginal:
        metadata = {"job-id": job_id} | ({"recipe": recipe_name} if recipe_name else {})
        return self.originals.incoming(
            NewOriginal(
                key=upload_key(job_id, filename),
                content_type=image_format.media_type,
                metadata=metadata,
                days=self.original_days,
            )
        )

    async def _record(
        self,
        job_id: str,
        received: ReceivedUpload,
        caller: Caller,
        *,
        key: str | None,
        claim: Claim | None,
        earlier: Job | None,
    ) -> Submission:
        """Find the job that an earlier request made, or create one."""
        asked = _fingerprint(received)
        if claim and earlier:
            claim.require_same(asked)
            return await self._replay(earlier)
        owner = caller.owner
        await require_watermark_images(self.jobs, received.options.chosen, caller)
        new = self._new_job(job_id, caller, received)
        fresh = Claim(owner=owner, key=key, job_id=job_id, fingerprint=asked) if key else None
        created = await self.new_jobs.create(new, claim=fresh, charge=caller.charge(received.size, self.now()))
        if key and not created:
            return await self._claimed_meanwhile(owner, key, asked)
        _LOG.info("job_created", job_id=job_id, owner=owner, recipe=new.job.recipe_name, bytes=received.size)
        return Submission(job=new.job, details=JobDetails(metadata=new.metadata), replayed=False)

    async def _claimed_meanwhile(self, owner: str, key: str, asked: str) -> Submission:
        """Return the job of a parallel request that claimed the key first. Raises UnderWay until its file is stored."""
        claim = await self.claims.find(owner, key)
        if claim is None:
            raise UnderWay
        claim.require_same(asked)
        job = await claimed_job(self.jobs, claim)
        if job.status is JobStatus.AWAITING_UPLOAD:
            raise UnderWay
        return await self._replay(job)

    async def _replay(self, job: Job) -> Submission:
        return Submission(job=job, details=await self.jobs.details_of(job.job_id), replayed=True)

    def _new_job(self, job_id: str, caller: Caller, received: ReceivedUpload) -> NewJob:
        now, options = self.now(), received.options
        recipe = options.chosen.recipe
        job = Job(
            job_id=job_id,
            owner=caller.owner,
            created_by=caller.name,
            recipe_name=options.chosen.name,
            preset_version=options.chosen.version,
            status=JobStatus.AWAITING_UPLOAD,
            created_at=now,
            updated_at=now,
            filename=received.filename,
            content_type=received.format.media_type,
            original_key=upload_key(job_id, received.filename),
            deadline=now + self.arrival_period,
            original_bytes=received.size,
            original_sha256=received.sha256,
            variants=unsettled(recipe),
            callback_url=options.callback_url or caller.callback_url,
            published=options.is_published(otherwise=caller.publish),
            keep_original=options.keeps_original(otherwise=caller.keep_original),
            original_days=self.original_days,
        )
        return NewJob(job=job, recipe=recipe, metadata=options.metadata)

    async def _announce(self, job: Job, original: ObjectRef) -> None:
        arrived = UploadArrived(job_id=job.job_id, original=original)
        await self.uploads.send([Outgoing(job_id=job.job_id, message=arrived, owner=job.owner)])


def _fingerprint(received: ReceivedUpload) -> str:
    return fingerprint("upload", received.sha256, received.filename, *received.options.stated)
