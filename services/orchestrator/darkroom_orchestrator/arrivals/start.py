"""Starts a job when its original is in the bucket, however it came there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from darkroom.clock import Clock
from darkroom.errors import InvalidRecipe, UndecodableImage, UploadTooLarge
from darkroom.jobs import Fault, Job, JobStatus, parts_of
from darkroom.object_keys import OriginalKey, read_original_key
from darkroom.recipes import Recipe
from darkroom.runtime.logs import bound, get_logger
from darkroom_orchestrator.arrivals.announcements import AnnouncedObject
from darkroom_orchestrator.arrivals.drops import dropped_job
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.open_jobs import AT_WORK
from darkroom_orchestrator.storage.originals import Original, Originals

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Start:
    """Queues the job of a new object and sends its tasks. A drop has no job yet: this creates it."""

    jobs: JobStore
    originals: Originals
    slots: Slots
    events: JobEvents
    presets: Mapping[str, Recipe]
    default_owner: str
    """Owner of the jobs of drops."""
    max_upload_bytes: int
    now: Clock

    async def __call__(self, new: AnnouncedObject, *, redelivered: bool) -> None:
        """Handle one announced object. Raises Unavailable; then the same object may be announced again.

        `redelivered` says that an earlier delivery of the message failed, perhaps between two steps.
        """
        key = read_original_key(new.key)
        if key is None or new.bucket not in (None, self.originals.bucket):
            _LOG.info("arrival_ignored", reason="no job has this key")
            return
        original = await self.originals.find(new.key, new.version_id)
        if original is None:
            _LOG.info("arrival_ignored", reason="the object is gone")
            return
        job = await self._job_of(key, original)
        if job is None:
            _LOG.info("arrival_ignored", reason="its job does not exist or has another object")
            return
        with bound(job_id=job.job_id):
            if job.status is JobStatus.AWAITING_UPLOAD:
                await self._begin(job, original)
            else:
                await self._repeat(job, original, redelivered=redelivered)

    async def _job_of(self, key: OriginalKey, original: Original) -> Job | None:
        if key.job_id is None:
            return await self._job_of_drop(key, original)
        job = await self.jobs.get(key.job_id)
        return job if job and job.original_key == original.ref.key else None

    async def _job_of_drop(self, key: OriginalKey, original: Original) -> Job | None:
        """Return the drop's job. Create it, unless an earlier announcement of the same object has created it."""
        new = dropped_job(
            self.originals.bucket, original, key, owner=self.default_owner, presets=self.presets, now=self.now()
        )
        return new.job if await self.jobs.create(new) else await self.jobs.get(new.job.job_id)

    async def _begin(self, job: Job, original: Original) -> None:
        fault = self._refusal(original)
        if fault:
            await self._refuse(job, original, fault)
            return
        ready = replace(job, original=original.ref, pending=parts_of(job.variants))
        queued = await self.jobs.queue(job, original.ref, await self.slots.slots_for(ready))
        if queued:
            _LOG.info("job_queued", recipe=queued.recipe_name, bytes=original.ref.size)
            await self.slots.send(queued)
        else:
            _LOG.info("arrival_ignored", reason="another message has started the job")

    async def _refuse(self, job: Job, original: Original, fault: Fault) -> None:
        refused = await self.jobs.refuse(job, original.ref, fault)
        if refused:
            _LOG.info("upload_refused", code=fault.code, bytes=original.ref.size)
            await self.events.publish(refused)

    async def _repeat(self, job: Job, original: Original, *, redelivered: bool) -> None:
        """Handle an object whose job has started already: a duplicate, or a second upload to the same address.

        The first upload counts. An earlier delivery of this message may have failed after its write. What it had still
        to do is done now: send the tasks, some of which may have been sent, or publish the refusal.
        """
        if not redelivered or job.original != original.ref:
            _LOG.info("arrival_ignored", reason="the job has its original", status=job.status)
        elif job.status in AT_WORK:
            await self.slots.send(job)
        elif _was_refused(job):
            await self.events.publish(job)

    def _refusal(self, original: Original) -> Fault | None:
        """Return why an upload is not processed at all, or None."""
        key, size = read_original_key(original.ref.key), original.ref.size
        if key and key.recipe is not None and key.recipe not in self.presets:
            known = ", ".join(sorted(self.presets))
            return Fault(code=InvalidRecipe.code, message=f"There is no such preset. Presets: {known}.")
        if size > self.max_upload_bytes:
            limit = f"The file is too large: {size} bytes. An upload has at most {self.max_upload_bytes} bytes."
            return Fault(code=UploadTooLarge.code, message=limit)
        if size == 0:
            return Fault(code=UndecodableImage.code, message="The file is empty.")
        return None


def _was_refused(job: Job) -> bool:
    return job.status is JobStatus.FAILED and job.queued_at is None
