"""Begins a job whose original is in the bucket: queues it and sends its tasks, or refuses it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from darkroom.errors import InvalidRecipe, UndecodableImage, UploadTooLarge
from darkroom.jobs import Fault, Job, JobStatus, ObjectRef, parts_of
from darkroom.object_keys import read_original_key
from darkroom.recipes import Recipe
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.open_jobs import AT_WORK
from darkroom_orchestrator.storage.originals import Originals

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class BeginJob:
    """Queues a job once, however often its original is announced."""

    jobs: JobStore
    originals: Originals
    slots: Slots
    events: JobEvents
    presets: Mapping[str, Recipe]
    max_upload_bytes: int

    async def __call__(self, job: Job, original: ObjectRef, *, redelivered: bool) -> None:
        """Handle a job, as it was read, and an object that may be its original. Raises Unavailable.

        `redelivered` says that an earlier delivery of the message failed, perhaps between two steps.
        """
        if job.status is JobStatus.AWAITING_UPLOAD:
            await self._begin(job, original)
        else:
            await self._repeat(job, original, redelivered=redelivered)

    async def refuse(self, job: Job, original: ObjectRef | None, fault: Fault) -> None:
        """Fail a job that awaits its original, and announce its end. Raises Unavailable."""
        refused = await self.jobs.refuse(job, original, fault)
        if refused:
            _LOG.info("upload_refused", code=fault.code, bytes=original.size if original else None)
            await self.events.publish(refused)

    def refusal(self, original: ObjectRef) -> Fault | None:
        """Return why an upload is not processed at all, or None."""
        key, size = read_original_key(original.key), original.size
        if key and key.recipe is not None and key.recipe not in self.presets:
            known = ", ".join(sorted(self.presets))
            return Fault(code=InvalidRecipe.code, message=f"There is no such preset. Presets: {known}.")
        if size > self.max_upload_bytes:
            limit = f"The file is too large: {size} bytes. An upload has at most {self.max_upload_bytes} bytes."
            return Fault(code=UploadTooLarge.code, message=limit)
        if size == 0:
            return Fault(code=UndecodableImage.code, message="The file is empty.")
        return None

    async def _begin(self, job: Job, original: ObjectRef) -> None:
        fault = self.refusal(original)
        if fault:
            await self.refuse(job, original, fault)
            return
        if job.keep_original:
            # First, so that each job at work that keeps its original has one that does not expire.
            await self.originals.keep(original)
        ready = replace(job, original=original, pending=parts_of(job.variants))
        queued = await self.jobs.queue(job, original, await self.slots.slots_for(ready))
        if queued:
            _LOG.info("job_queued", recipe=queued.recipe_name, bytes=original.size)
            await self.slots.send(queued)
        else:
            _LOG.info("arrival_ignored", reason="another message has started the job")
            await self._give_up(await self.jobs.get(job.job_id), job, original)

    async def _repeat(self, job: Job, original: ObjectRef, *, redelivered: bool) -> None:
        """Handle an object whose job has started already: a duplicate, or a second upload to the same address.

        The first upload counts. An earlier delivery of this message may have failed after its write. What it had still
        to do is done now: send the tasks, some of which may have been sent, or publish the refusal.
        """
        if redelivered and job.original == original and job.status in AT_WORK:
            await self.slots.send(job)
        elif redelivered and _was_refused(job):
            await self.events.publish(job)
        else:
            _LOG.info("arrival_ignored", reason="the job has its original", status=job.status)
        if redelivered:
            await self._give_up(job, job, original)

    async def _give_up(self, now: Job | None, job: Job, original: ObjectRef) -> None:
        """Let an object go that its job does not have, although it may have been kept for the job.

        handler A   keeps version 1 ── queues the job with version 1
        handler B         keeps version 2 ────────────── queues the job: refused; version 2 expires again
        """
        if original.key != job.original_key or (now and now.original == original):
            return
        if job.copied_from and now and now.original:
            # Nobody else writes this key.
            await self.originals.delete_all_but(now.original)
        elif job.keep_original:
            await self.originals.let_expire(original, job.original_days)


def _was_refused(job: Job) -> bool:
    return job.status is JobStatus.FAILED and job.queued_at is None
