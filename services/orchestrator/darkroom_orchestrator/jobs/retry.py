"""Running the failed variants of a job again."""

from dataclasses import replace

from darkroom.errors import Conflict, NotFound, Unavailable
from darkroom.jobs import RETRYABLE, SOURCE_PART, Job, VariantStatus
from darkroom.limits import MAX_RUNS
from darkroom.runtime.logs import get_logger
from darkroom.tables.daily_counter import Charge
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.records.charging import Charging
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.storage.originals import Originals

_LOG = get_logger(__name__)


class Retry:
    """Takes a job that failed, in whole or in part, back into the queue."""

    def __init__(self, *, jobs: JobStore, originals: Originals, slots: Slots, charging: Charging) -> None:
        self._jobs = jobs
        self._charging = charging
        self._originals = originals
        self._slots = slots

    async def __call__(self, job_id: str, charge: Charge | None = None) -> Job:
        """Begin the job's next attempt and return it; its owner is charged for it.

        Raises NotFound, Conflict, QuotaExceeded and Unavailable.
        """
        job = await self._jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        await self._require_retryable(job)
        parts = failed_parts(job)
        slots = await self._slots.slots_for(replace(job, pending=parts))
        with self._charging.refusals(charge):
            queued = await self._jobs.retry(job, parts, slots, beside=self._charging.counting(charge))
        if queued is None:
            raise Conflict("The job has changed meanwhile: look at its status.")
        await self._send(queued)
        return queued

    async def _require_retryable(self, job: Job) -> None:
        if job.status not in RETRYABLE:
            raise Conflict(f"A job that is {job.status} cannot be retried: nothing of it has failed.")
        if job.attempt >= MAX_RUNS:
            raise Conflict(f"The job has been run {job.attempt} times. Upload the image again.")
        if job.source is None or job.queued_at is None:
            raise Conflict("The upload itself was refused, so there is nothing to run again.")
        if await self._originals.find(job.source.key, job.source.version_id) is None:
            raise Conflict("The original is gone: originals are kept for 7 days. Upload it again.")

    async def _send(self, queued: Job) -> None:
        try:
            await self._slots.send(queued)
        except Unavailable as error:
            # The retry is accepted and will be run: the sweeper sends the tasks when the job's deadline has passed.
            _LOG.warning("tasks_left_to_sweeper", job_id=queued.job_id, reason=error.message)


def failed_parts(job: Job) -> frozenset[str]:
    """What a retry makes again: the failed variants, and the metadata if there is none yet."""
    failed = {name for name, state in job.variants.items() if state.status is VariantStatus.FAILED}
    return frozenset(failed if job.described else failed | {SOURCE_PART})
