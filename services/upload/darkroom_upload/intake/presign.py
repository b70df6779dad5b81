"""Presign: make a job for a file that the client will send straight to S3."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from darkroom.errors import Conflict, UnderWay, UnsupportedMediaType
from darkroom.file_names import display_name
from darkroom.formats import ImageFormat
from darkroom.intake.incoming_original import NewOriginal
from darkroom.intake.inspection import too_large
from darkroom.jobs import Job, JobStatus, NewJob, new_job_id, unsettled
from darkroom.object_keys import direct_key
from darkroom.runtime.logs import get_logger
from darkroom.tables.job_table import JobTable
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.intake.fields import fingerprint
from darkroom_upload.intake.idempotency_claims import Claim, Claims
from darkroom_upload.intake.new_jobs import NewJobs
from darkroom_upload.intake.options import JobOptions
from darkroom_upload.intake.originals import Originals, PresignedPost
from darkroom_upload.intake.watermark_images import require_watermark_images

_LOG = get_logger(__name__)

FORM_LIFETIME: Final = timedelta(minutes=10)
_GRACE: Final = timedelta(minutes=2)
"""Time for an upload that begins in the form's last moment."""

ACCEPTED_TYPES: Final = frozenset(
    {
        *(image_format.media_type for image_format in ImageFormat),
        "image/apng",
        "image/jpg",
        "image/jpx",
        "image/pjpeg",
        "image/x-icon",
        "image/x-ms-bmp",
        "image/x-png",
        "image/x-portable-anymap",
        "image/x-portable-bitmap",
        "image/x-portable-graymap",
    }
)
"""The registered types of the supported formats, and other names that browsers and tools use for them."""


@dataclass(frozen=True, kw_only=True)
class AnnouncedUpload:
    """What a client says about the file that it is going to send."""

    filename: str
    content_type: str
    size: int
    """Bytes."""
    options: JobOptions


@dataclass(frozen=True, kw_only=True)
class PresignedUpload:
    """A job that waits for its file, and the form that sends the file."""

    job: Job
    post: PresignedPost
    expires_at: datetime
    replayed: bool


@dataclass(frozen=True, kw_only=True)
class Presign:
    """Makes a job and the form for its file."""

    jobs: JobTable
    new_jobs: NewJobs
    claims: Claims
    stored: StoredBytes
    originals: Originals
    max_upload_bytes: int
    original_days: int
    """Days for which an original is readable, unless it is kept."""
    now: Callable[[], datetime]

    async def __call__(self, announced: AnnouncedUpload, *, caller: Caller, key: str | None) -> PresignedUpload:
        """Create the job and sign its form. Raises RequestError and Unavailable."""
        if announced.size > self.max_upload_bytes:
            raise too_large(announced.size, limit=self.max_upload_bytes)
        if announced.content_type not in ACCEPTED_TYPES:
            known = ", ".join(image_format.media_type for image_format in ImageFormat)
            raise UnsupportedMediaType(f"Unsupported content_type. Supported: {known}.")
        job, replayed = await self._record(announced, caller, key)
        expires_at = job.created_at + FORM_LIFETIME
        post = await self.originals.presigned_post(
            NewOriginal(
                key=job.original_key,
                content_type=announced.content_type,
                metadata={"job-id": job.job_id, "recipe": job.recipe_name},
                days=job.original_days,
            ),
            max_bytes=announced.size,
            seconds=max(1, int((expires_at - self.now()).total_seconds())),
        )
        return PresignedUpload(job=job, post=post, expires_at=expires_at, replayed=replayed)

    async def _record(self, announced: AnnouncedUpload, caller: Caller, key: str | None) -> tuple[Job, bool]:
        """Return the job, and whether an earlier request made it."""
        owner, asked = caller.owner, _fingerprint(announced)
        claim = await self.claims.find(owner, key) if key else None
        if claim is not None:
            return await self._waiting(claim, asked), True
        await self.stored.require_room(caller)
        await require_watermark_images(self.jobs, announced.options.chosen, caller)
        new = _new_job(caller, announced, self.now(), original_days=self.original_days)
        job = new.job
        fresh = Claim(owner=owner, key=key, job_id=job.job_id, fingerprint=asked) if key else None
        created = await self.new_jobs.create(new, claim=fresh, charge=caller.charge(announced.size, self.now()))
        if key and not created:
            return await self._claimed_meanwhile(owner, key, asked), True
        _LOG.info("job_created", job_id=job.job_id, owner=owner, recipe=job.recipe_name, bytes=announced.size)
        return job, False

    async def _claimed_meanwhile(self, owner: str, key: str, asked: str) -> Job:
        """Return the job of a parallel request that claimed the key first."""
        claim = await self.claims.find(owner, key)
        if claim is None:
            raise UnderWay
        return await self._waiting(claim, asked)

    async def _waiting(self, claim: Claim, asked: str) -> Job:
        """Return the job that an earlier request made, if its file can still be sent. Raises Conflict if not."""
        claim.require_same(asked)
        job = await self.jobs.get(claim.job_id)
        if job is None or job.status is not JobStatus.AWAITING_UPLOAD or self.now() > job.created_at + FORM_LIFETIME:
            raise Conflict("The upload of this Idempotency-Key is over. Use a new key for another one.")
        return job


def _fingerprint(announced: AnnouncedUpload) -> str:
    return fingerprint(
        "presigned",
        announced.filename,
        announced.content_type,
        announced.size,
        *announced.options.stated,
    )


def _new_job(caller: Caller, announced: AnnouncedUpload, now: datetime, *, original_days: int) -> NewJob:
    job_id, filename, options = new_job_id(), display_name(announced.filename), announced.options
    job = Job(
        job_id=job_id,
        owner=caller.owner,
        created_by=caller.name,
        recipe_name=options.chosen.name,
        preset_version=options.chosen.version,
        status=JobStatus.AWAITING_UPLOAD,
        created_at=now,
        updated_at=now,
        filename=filename,
        content_type=announced.content_type,
        original_key=direct_key(job_id, filename),
        deadline=now + FORM_LIFETIME + _GRACE,
        original_bytes=announced.size,
        variants=unsettled(options.chosen.recipe),
        callback_url=options.callback_url or caller.callback_url,
        published=options.is_published(otherwise=caller.publish),
        keep_original=options.keeps_original(otherwise=caller.keep_original),
        original_days=original_days,
    )
    return NewJob(job=job, recipe=options.chosen.recipe, metadata=options.metadata)
