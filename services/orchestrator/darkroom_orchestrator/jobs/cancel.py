"""Cancels a job that is still open."""

from dataclasses import dataclass

from darkroom.errors import Conflict, NotFound
from darkroom.jobs import Job, JobStatus
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.publishing.withdraw import Withdraw
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.open_jobs import OpenJobs

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Cancel:
    """Ends an open job and passes its slots on. Tasks in progress end by themselves; their results are deleted.

    A published job loses its public copies, which an earlier attempt may have made.
    """

    jobs: JobStore
    open_jobs: OpenJobs
    events: JobEvents
    slots: Slots
    withdraw: Withdraw

    async def __call__(self, job_id: str) -> Job:
        """Cancel the job and return it. A job that is cancelled already stays cancelled.

        Raises NotFound; Conflict if the job has ended by itself; Unavailable. After Unavailable the job may be
        cancelled, and the sweeper publishes its event and passes its slots on.
        """
        job = await self._stopped(job_id)
        if job.status is not JobStatus.CANCELLED:
            raise Conflict(f"The job is {job.status}: it cannot be cancelled.")
        if job.deadline is not None:
            _LOG.info("job_cancelled", job_id=job_id)
            await self.events.publish(job)
            await self.slots.pass_on(job.owner, ended=job_id)
            await self.open_jobs.leave_index(job)
        await self.withdraw(job_id)
        return job

    async def _stopped(self, job_id: str) -> Job:
        """Return the job once it is not open. Reports may add results meanwhile; their number is finite."""
        while True:
            job = await self.jobs.get(job_id)
            if job is None:
                raise NotFound("There is no such job.")
            if not job.status.is_open:
                return job
            cancelled = await self.jobs.cancel(job, self.withdraw.record_of(job))
            if cancelled:
                return cancelled
