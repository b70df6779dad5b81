"""Stopping a job that is still open."""

from darkroom.errors import Conflict, NotFound
from darkroom.jobs import Job, JobStatus
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.records.job_store import JobStore

_LOG = get_logger(__name__)


class Cancel:
    """Ends an open job, and lets the next have its place.

    Work that is under way ends by itself, and its results are thrown away.
    """

    def __init__(self, *, jobs: JobStore, events: JobEvents, slots: Slots) -> None:
        self._jobs = jobs
        self._events = events
        self._slots = slots

    async def __call__(self, job_id: str) -> Job:
        """Cancel the job and return it; one that is cancelled already stays so.

        Raises NotFound, Conflict when the job has ended by itself, and Unavailable. After the last the job may be
        cancelled all the same; its event and its place are then left to the sweeper.
        """
        job = await self._stopped(job_id)
        if job.status is not JobStatus.CANCELLED:
            raise Conflict(f"The job is {job.status}: there is nothing to cancel.")
        if job.deadline is not None:
            _LOG.info("job_cancelled", job_id=job_id)
            await self._events.publish(job)
            await self._slots.pass_on(job.owner, ended=job_id)
            await self._jobs.leave_index(job_id)
        return job

    async def _stopped(self, job_id: str) -> Job:
        """The job, which is not open any more. A report may add results meanwhile, of which there are finitely many."""
        while True:
            job = await self._jobs.get(job_id)
            if job is None:
                raise NotFound("There is no such job.")
            if not job.status.is_open:
                return job
            cancelled = await self._jobs.cancel(job)
            if cancelled:
                return cancelled
