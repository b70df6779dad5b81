"""Import: make a job whose original the orchestrator fetches from a URL.

    write the job (awaiting_upload, with the URL) → send the command to fetch → answer 202

A crash between the two steps leaves a job that waits. The orchestrator's sweeper sends the command. A request that
repeats the Idempotency-Key sends it too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from yarl import URL

from darkroom.errors import UnderWay
from darkroom.file_names import display_name
from darkroom.job_details import JobDetails
from darkroom.jobs import Job, JobStatus, NewJob, PendingImport, new_job_id, unsettled
from darkroom.messages import FetchRequested
from darkroom.object_keys import upload_key
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom.tables.job_table import JobTable
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.quota_usage import QuotaUsage
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.intake.fields import fingerprint
from darkroom_upload.intake.idempotency_claims import Claim, Claims, claimed_job
from darkroom_upload.intake.new_jobs import NewJobs
from darkroom_upload.intake.options import JobOptions
from darkroom_upload.intake.submit import ARRIVAL_PERIOD, Submission
from darkroom_upload.intake.watermark_images import require_watermark_images

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class WantedImport:
    """What a request says about an import."""

    url: URL
    """A valid URL, whose host has not been looked up."""
    text: str
    """The URL as the client sent it."""
    filename: str
    """The file's name, or an empty text: then the last part of the URL's path is the name."""
    options: JobOptions

    @property
    def fingerprint(self) -> str:
        """A hash of everything that the request asks for."""
        return fingerprint("import", self.text, self.filename, *self.options.stated)

    @property
    def shown_name(self) -> str:
        """The file's name, made safe to show."""
        return display_name(self.filename or self.url.name)


@dataclass(frozen=True, kw_only=True)
class ImportUrl:
    """Makes a job of a URL."""

    jobs: JobTable
    new_jobs: NewJobs
    claims: Claims
    usage: QuotaUsage
    stored: StoredBytes
    imports: Queue
    original_days: int
    now: Callable[[], datetime]
    arrival_period: timedelta = ARRIVAL_PERIOD

    async def __call__(self, wanted: WantedImport, *, caller: Caller, key: str | None) -> Submission:
        """Create the job and request its fetch. Raises RequestError and Unavailable.

        The import counts as one job now. Its bytes are counted when they have arrived, so now they must only have some
        room.
        """
        claim = await self.claims.find(caller.owner, key) if key else None
        if claim:
            return await self._replay(claim, wanted)
        await self.usage.require_room(caller.charge(1, self.now()))
        await self.stored.require_room(caller)
        await require_watermark_images(self.jobs, wanted.options.chosen, caller)
        new = self._new_job(caller, wanted)
        job_id = new.job.job_id
        fresh = Claim(owner=caller.owner, key=key, job_id=job_id, fingerprint=wanted.fingerprint) if key else None
        created = await self.new_jobs.create(new, claim=fresh, charge=caller.charge(0, self.now()))
        if key and not created:
            claim = await self.claims.find(caller.owner, key)
            if claim is None:
                raise UnderWay
            return await self._replay(claim, wanted)
        _LOG.info("job_created", job_id=job_id, owner=caller.owner, recipe=new.job.recipe_name, imported=True)
        await self._request(new.job)
        return Submission(job=new.job, details=JobDetails(metadata=new.metadata), replayed=False)

    async def _replay(self, claim: Claim, wanted: WantedImport) -> Submission:
        """Return the job of an earlier request. Its command is sent again if no try has begun: it may be lost."""
        claim.require_same(wanted.fingerprint)
        job = await claimed_job(self.jobs, claim)
        if job.status is JobStatus.AWAITING_UPLOAD and job.pending_import and job.pending_import.tries == 0:
            await self._request(job)
        return Submission(job=job, details=await self.jobs.details_of(job.job_id), replayed=True)

    async def _request(self, job: Job) -> None:
        command = FetchRequested(job_id=job.job_id)
        await self.imports.send([Outgoing(job_id=job.job_id, message=command, owner=job.owner)])

    def _new_job(self, caller: Caller, wanted: WantedImport) -> NewJob:
        now, job_id, options = self.now(), new_job_id(), wanted.options
        job = Job(
            job_id=job_id,
            owner=caller.owner,
            created_by=caller.name,
            recipe_name=options.chosen.name,
            preset_version=options.chosen.version,
            status=JobStatus.AWAITING_UPLOAD,
            created_at=now,
            updated_at=now,
            filename=wanted.shown_name,
            content_type=None,
            original_key=upload_key(job_id, wanted.shown_name),
            deadline=now + self.arrival_period,
            original_days=self.original_days,
            imported_from=wanted.url.host,
            pending_import=PendingImport(url=wanted.text, bytes_per_day=caller.allowance.bytes_per_day),
            variants=unsettled(options.chosen.recipe),
            callback_url=options.callback_url or caller.callback_url,
            published=options.is_published(otherwise=caller.publish),
            keep_original=options.keeps_original(otherwise=caller.keep_original),
        )
        return NewJob(job=job, recipe=options.chosen.recipe, metadata=options.metadata)
