"""Starting a job: its bytes are in the bucket, whatever the way they came."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from darkroom.errors import InvalidRecipe, UndecodableImage, UploadTooLarge
from darkroom.jobs import Fault, Job, JobStatus, parts_of
from darkroom.object_keys import OriginalKey, read_original_key
from darkroom.recipes import Recipe
from darkroom.runtime.logs import bound, get_logger
from darkroom_orchestrator.arrivals.announcements import AnnouncedObject
from darkroom_orchestrator.arrivals.drops import dropped_job
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.records.job_store import AT_WORK, JobStore
from darkroom_orchestrator.storage.originals import Original, Originals

_LOG = get_logger(__name__)


class Start:
    """Queues the job that a new object belongs to, or that it asks for, and sends the job's tasks."""

    def __init__(
        self,
        *,
        jobs: JobStore,
        originals: Originals,
        slots: Slots,
        events: JobEvents,
        presets: Mapping[str, Recipe],
        default_owner: str,
        max_upload_bytes: int,
        now: Callable[[], datetime],
    ) -> None:
        self._jobs = jobs
        self._originals = originals
        self._slots = slots
        self._events = events
        self._presets = presets
        self._default_owner = default_owner
        self._max_upload_bytes = max_upload_bytes
        self._now = now

    async def __call__(self, new: AnnouncedObject, *, redelivered: bool) -> None:
        """Take an arrival in. Raises Unavailable, and may then be given the same arrival again.

        `redelivered` says that an earlier delivery of the same message failed, perhaps between two steps.
        """
        arrival = read_original_key(new.key)
        if arrival is None or new.bucket not in (None, self._originals.bucket):
            _LOG.info("arrival_ignored", reason="no job has this key")
            return
        original = await self._originals.find(new.key, new.version_id)
        if original is None:
            _LOG.info("arrival_ignored", reason="the object is gone")
            return
        job = await self._job_of(arrival, original)
        if job is None:
            _LOG.info("arrival_ignored", reason="its job does not exist or has another object")
            return
        with bound(job_id=job.job_id):
            if job.status is JobStatus.AWAITING_UPLOAD:
                await self._begin(job, original)
            else:
                await self._repeat(job, original, redelivered=redelivered)

    async def _job_of(self, arrival: OriginalKey, original: Original) -> Job | None:
        if arrival.job_id is None:
            return await self._job_of_drop(arrival, original)
        job = await self._jobs.get(arrival.job_id)
        return job if job and job.source_key == original.ref.key else None

    async def _job_of_drop(self, arrival: OriginalKey, original: Original) -> Job | None:
        """The drop's job, created unless an earlier announcement of the same object has done so."""
        new = dropped_job(
            self._originals.bucket,
            original,
            arrival,
            owner=self._default_owner,
            presets=self._presets,
            now=self._now(),
        )
        return new.job if await self._jobs.create(new) else await self._jobs.get(new.job.job_id)

    async def _begin(self, job: Job, original: Original) -> None:
        fault = self._refusal(original)
        if fault:
            await self._refuse(job, original, fault)
            return
        ready = replace(job, source=original.ref, pending=parts_of(job.variants))
        queued = await self._jobs.queue(job, original.ref, await self._slots.slots_for(ready))
        if queued:
            _LOG.info("job_queued", recipe=queued.recipe_name, bytes=original.ref.size)
            await self._slots.send(queued)
        else:
            _LOG.info("arrival_ignored", reason="another message has started the job")

    async def _refuse(self, job: Job, original: Original, fault: Fault) -> None:
        refused = await self._jobs.refuse(job, original.ref, fault)
        if refused:
            _LOG.info("upload_refused", code=fault.code, bytes=original.ref.size)
            await self._events.publish(refused)

    async def _repeat(self, job: Job, original: Original, *, redelivered: bool) -> None:
        """An arrival of a job that is past it: a duplicate, or a second upload to the same address.

        The first upload counts. What may be missing is what an earlier delivery of this message had still to do
        after its write: send the tasks, of which some may be on their way, or publish the refusal.
        """
        if not redelivered or job.source != original.ref:
            _LOG.info("arrival_ignored", reason="the job has its bytes", status=job.status)
        elif job.status in AT_WORK:
            await self._slots.send(job)
        elif _was_refused(job):
            await self._events.publish(job)

    def _refusal(self, original: Original) -> Fault | None:
        """Why an upload is not processed at all."""
        arrival = read_original_key(original.ref.key)
        if arrival and arrival.recipe is not None and arrival.recipe not in self._presets:
            known = ", ".join(sorted(self._presets))
            return Fault(code=InvalidRecipe.code, message=f"There is no such preset. Presets: {known}.")
        if original.ref.size > self._max_upload_bytes:
            limit = f"An upload has at most {self._max_upload_bytes} bytes; this one has {original.ref.size}."
            return Fault(code=UploadTooLarge.code, message=limit)
        if original.ref.size == 0:
            return Fault(code=UndecodableImage.code, message="The file is empty.")
        return None


def _was_refused(job: Job) -> bool:
    return job.status is JobStatus.FAILED and job.queued_at is None
