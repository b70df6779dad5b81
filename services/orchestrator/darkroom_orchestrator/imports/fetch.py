"""Fetches the original of a job from its URL.

    read the job → count the try → download, check and store → announce the original

Each step may be repeated, and a crash between two of them leaves a message that comes again or a job that the sweeper
finds. The object is stored only if there is none, so that parallel tries cannot replace each other's file.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from yarl import URL

from darkroom.errors import (
    DarkroomError,
    FetchFailed,
    FetchRefused,
    MalformedRequest,
    RequestError,
    Unavailable,
    UndecodableImage,
)
from darkroom.intake.incoming_original import ObjectExists
from darkroom.intake.inspected_file import InspectedFile
from darkroom.intake.inspection import Inspection, too_large
from darkroom.jobs import Fault, Job, JobStatus, ObjectRef
from darkroom.messages import UploadArrived
from darkroom.outbound_urls import read_outbound_url
from darkroom.runtime.encryption import TextCipher
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom.topology import IMPORT_TRIES
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.imports.download import Download, Downloader, NoPublicAddress
from darkroom_orchestrator.records.imports import ImportRecords
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.open_jobs import OpenJobs
from darkroom_orchestrator.storage.originals import Originals

_LOG = get_logger(__name__)

_ADDRESS_TRIES: Final = 2
"""Tries of a URL whose host has no public address. The second is for a name server that did not answer."""
_GIVEN_UP: Final = Fault(
    code=FetchFailed.code, message=f"The URL could not be fetched: all {IMPORT_TRIES} tries broke off. Import it again."
)


@dataclass(frozen=True, kw_only=True)
class _Stored:
    """An original that is in the bucket. The digest is None if another try has stored it."""

    ref: ObjectRef
    sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fetch:
    """Makes one try to fetch a job's original."""

    jobs: JobStore
    records: ImportRecords
    open_jobs: OpenJobs
    originals: Originals
    downloader: Downloader
    uploads: Queue
    events: JobEvents
    cipher: TextCipher
    max_upload_bytes: int
    allow_http: bool
    """Whether the URL may use plain HTTP."""

    async def __call__(self, job_id: str) -> None:
        """Fetch, store and announce the original, or end the job as failed.

        Raises FetchFailed and Unavailable if the message is to come again.
        """
        job = await self.jobs.get(job_id)
        if job is None or job.status is not JobStatus.AWAITING_UPLOAD or job.pending_import is None:
            _LOG.info("fetch_ignored", status=job.status if job else "deleted")
            return
        if stored := await self._stored(job):
            await self._announce(job, stored)
        elif job.pending_import.tries >= IMPORT_TRIES:
            await self._fail(job, _GIVEN_UP)
        elif trying := await self.records.begin_try(job):
            await self._try(trying, trying.pending_import.tries if trying.pending_import else 0)
        else:
            _LOG.info("fetch_ignored", reason="another message has begun a try")

    async def _try(self, job: Job, number: int) -> None:
        try:
            stored = await self._fetch(job)
        except NoPublicAddress as error:
            if number < _ADDRESS_TRIES:
                raise
            await self._fail(job, Fault(code=FetchRefused.code, message=error.message))
        except FetchFailed as error:
            if number < IMPORT_TRIES:
                raise
            await self._fail(job, Fault(code=error.code, message=f"{error.message} It was tried {number} times."))
        except (FetchRefused, RequestError) as error:
            await self._fail(job, _fault(error))
        except Unavailable:
            # The fault is not the URL's. If the record cannot be written either, the try stays counted.
            with suppress(Unavailable):
                await self.records.return_try(job)
            raise
        else:
            await self._announce(job, stored)
            await self._discard_if_deleted(job)

    async def _fetch(self, job: Job) -> _Stored:
        async with self.downloader.open(self._url(job)) as download:
            if download.announced_bytes > self.max_upload_bytes:
                raise too_large(download.announced_bytes, limit=self.max_upload_bytes)
            return await self._store(job, download)

    async def _store(self, job: Job, download: Download) -> _Stored:
        inspection = Inspection(max_bytes=self.max_upload_bytes)
        file = InspectedFile(inspection, lambda kind: self.originals.incoming(job, kind.media_type))
        try:
            async for chunk in download.chunks():
                await file.write(chunk)
            await file.end()
            ref = await file.store()
        except ObjectExists:
            stored = await self._stored(job)
            if stored is None:
                raise Unavailable("The original was stored and deleted at the same time. Try again.") from None
            return stored
        finally:
            await file.abort()
        _LOG.info("fetched", bytes=ref.size)
        return _Stored(ref=ref, sha256=inspection.sha256)

    def _url(self, job: Job) -> URL:
        if job.pending_import is None:
            raise RuntimeError("the job has no import")
        text = self.cipher.decrypt(job.pending_import.url, place=job.job_id)
        try:
            return read_outbound_url(text, field="url", allow_http=self.allow_http)
        except MalformedRequest as error:  # The settings have changed since the URL was accepted.
            raise FetchRefused(error.message) from None

    async def _stored(self, job: Job) -> _Stored | None:
        found = await self.originals.find(job.original_key)
        return _Stored(ref=found.ref) if found else None

    async def _announce(self, job: Job, stored: _Stored) -> None:
        arrived = UploadArrived(job_id=job.job_id, original=stored.ref, sha256=stored.sha256)
        await self.uploads.send([Outgoing(job_id=job.job_id, message=arrived, owner=job.owner)])

    async def _discard_if_deleted(self, job: Job) -> None:
        """Delete the original if its job was cancelled and deleted while it was fetched."""
        if await self.jobs.get(job.job_id) is None:
            await self.originals.delete(job.original_key, None)

    async def _fail(self, job: Job, fault: Fault) -> None:
        """End the job. If its event cannot be published now, the sweeper publishes it."""
        failed = await self.records.fail(job, fault)
        if failed is None:
            _LOG.info("fetch_ignored", reason="the job has ended, or another try has begun")
            return
        _LOG.info("fetch_given_up", code=fault.code)
        await self.events.publish(failed)
        await self.open_jobs.leave_index(failed)


def _fault(error: DarkroomError) -> Fault:
    """Return the fault of a job whose file is refused."""
    if isinstance(error, MalformedRequest):
        return Fault(code=UndecodableImage.code, message=error.message)  # The file is empty.
    return Fault(code=error.code, message=error.message)
