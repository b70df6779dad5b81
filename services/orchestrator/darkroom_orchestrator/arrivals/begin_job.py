"""Begins a job whose original is in the bucket: queues it and sends its tasks, or refuses it."""

import json
from dataclasses import dataclass, replace

from darkroom.errors import InvalidRecipe, QuotaExceeded, UndecodableImage, UploadTooLarge
from darkroom.jobs import Fault, Job, JobStatus, ObjectRef, parts_of
from darkroom.object_keys import read_original_key
from darkroom.recipes.presets import listed_names
from darkroom.runtime.logs import get_logger
from darkroom.tables.find_preset import FindPreset
from darkroom_orchestrator.arrivals.imports import ImportArrivals, ImportedFile
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
    imports: ImportArrivals
    slots: Slots
    events: JobEvents
    find_preset: FindPreset
    max_upload_bytes: int

    async def __call__(
        self, job: Job, original: ObjectRef, *, redelivered: bool, imported: ImportedFile | None = None
    ) -> None:
        """Handle a job, as it was read, and an object that may be its original. Raises Unavailable.

        `imported` is what the record of an import does not have yet. `redelivered` says that an earlier delivery of the
        message failed, perhaps between two steps.
        """
        if job.status is JobStatus.AWAITING_UPLOAD:
            await self._begin(job, original, imported)
        else:
            await self._repeat(job, original, redelivered=redelivered)

    async def refuse(self, job: Job, original: ObjectRef | None, fault: Fault) -> None:
        """Fail a job that awaits its original, and announce its end. Raises Unavailable."""
        refused = await self.jobs.refuse(job, original, fault)
        if refused:
            _LOG.info("upload_refused", code=fault.code, bytes=original.size if original else None)
            await self.events.publish(refused)

    async def refusal(self, job: Job, original: ObjectRef) -> Fault | None:
        """Return why an upload is not processed at all, or None. Raises Unavailable."""
        size = original.size
        if folder := self._unknown_preset(job, original):
            known = listed_names(await self.find_preset.known(job.owner))
            named = json.dumps(folder[:64])
            return Fault(code=InvalidRecipe.code, message=f"There is no preset {named}. Presets: {known}.")
        if size > self.max_upload_bytes:
            limit = f"The file is too large: {size} bytes. An upload has at most {self.max_upload_bytes} bytes."
            return Fault(code=UploadTooLarge.code, message=limit)
        if size == 0:
            return Fault(code=UndecodableImage.code, message="The file is empty.")
        return None

    def _unknown_preset(self, job: Job, original: ObjectRef) -> str | None:
        """Return the folder of a drop if there was no such preset when its job was created, or None.

        The job's record decides. A preset that was put since does not count: the job has no variants. A copy of a drop
        belongs to a job that had a recipe.
        """
        key = read_original_key(original.key) if original.key == job.original_key else None
        if key is None or key.recipe is None or job.preset_version is not None:
            return None
        return None if key.recipe in self.find_preset.installed else key.recipe

    async def _begin(self, job: Job, original: ObjectRef, imported: ImportedFile | None) -> None:
        fault = await self.refusal(job, original)
        if fault:
            await self.refuse(job, original, fault)
            return
        if job.keep_original:
            # First, so that each job at work that keeps its original has one that does not expire.
            await self.originals.keep(original)
        try:
            queued = await self._queue(job, original, imported)
        except QuotaExceeded as error:
            if job.keep_original:
                await self.originals.let_expire(original, job.original_days)
            await self.refuse(job, original, Fault(code=error.code, message=error.message))
            return
        if queued:
            _LOG.info("job_queued", recipe=queued.recipe_name, bytes=original.size)
            await self.slots.send(queued)
        else:
            _LOG.info("arrival_ignored", reason="another message has started the job")
            await self._give_up(await self.jobs.get(job.job_id), job, original)

    async def _queue(self, job: Job, original: ObjectRef, imported: ImportedFile | None) -> Job | None:
        slots = await self.slots.slots_for(replace(job, original=original, pending=parts_of(job.variants)))
        if job.pending_import:
            return await self.imports.queue(job, original, imported or ImportedFile(), slots)
        return await self.jobs.queue(job, original, slots)

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
