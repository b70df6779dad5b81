"""Runs the failed parts of a job again."""

from dataclasses import dataclass, replace

from darkroom.clock import Clock
from darkroom.errors import Conflict, NotFound, Unavailable
from darkroom.jobs import SOURCE_PART, Job, VariantStatus
from darkroom.original_lifetime import gone, is_over
from darkroom.retries import retry_refusal
from darkroom.runtime.logs import get_logger
from darkroom.tables.daily_counter import Charge
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.records.charging import Charging
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.storage.originals import Originals

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Queues a failed or partially completed job again."""

    jobs: JobStore
    originals: Originals
    slots: Slots
    charging: Charging
    now: Clock

    async def __call__(self, job_id: str, charge: Charge | None = None, *, attempt: int | None = None) -> Job:
        """Begin the job's next attempt and return the job. `charge` is counted with it; None costs nothing.

        If `attempt` is given, the job must still be in it.

        Raises NotFound, Conflict, OriginalGone, QuotaExceeded and Unavailable.
        """
        job = await self.jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if attempt not in (None, job.attempt):
            raise Conflict("The job is in another attempt already.")
        await self._require_retryable(job)
        parts = failed_parts(job)
        slots = await self.slots.slots_for(replace(job, pending=parts))
        with self.charging.refusals(charge):
            queued = await self.jobs.retry(job, parts, slots, other_writes=self.charging.charge_writes(charge))
        if queued is None:
            raise Conflict("The job has changed meanwhile. Read its status, then decide again.")
        await self._send(queued)
        return queued

    async def _require_retryable(self, job: Job) -> None:
        if refusal := retry_refusal(job):
            raise Conflict(refusal.message)
        if job.original is None:
            raise gone(job)
        is_there = not is_over(job, self.now()) and await self.originals.find(job.original.key, job.original.version_id)
        if not is_there:
            raise gone(job)

    async def _send(self, queued: Job) -> None:
        try:
            await self.slots.send(queued)
        except Unavailable as error:
            # The retry is accepted. The sweeper sends the tasks after the job's deadline.
            _LOG.warning("tasks_left_to_sweeper", job_id=queued.job_id, reason=error.message)


def failed_parts(job: Job) -> frozenset[str]:
    """Return the parts that a retry makes: the failed variants, and the description if there is none.

    A retry never makes a variant on request.
    """
    failed = {
        name for name, state in job.variants.items() if state.status is VariantStatus.FAILED and not state.on_request
    }
    return frozenset(failed if job.described else failed | {SOURCE_PART})
