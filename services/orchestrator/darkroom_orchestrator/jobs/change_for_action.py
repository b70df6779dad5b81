"""Changes one job for an action. Each change recognises what an earlier try of the same action has done."""

from dataclasses import dataclass

from darkroom.actions import Action, PlannedJob
from darkroom.clock import Clock
from darkroom.errors import Conflict, NotFound
from darkroom.jobs import Job
from darkroom.tables.daily_counter import Charge
from darkroom_orchestrator.jobs.cancel import Cancel
from darkroom_orchestrator.jobs.delete import Delete
from darkroom_orchestrator.jobs.retry import Retry
from darkroom_orchestrator.publishing.publish import Publish, Unpublish
from darkroom_orchestrator.records.job_store import JobStore


@dataclass(frozen=True, kw_only=True)
class RetryJob:
    """Retries a job once, and charges the caller who began the action."""

    jobs: JobStore
    retry: Retry
    now: Clock

    async def __call__(self, action: Action, planned: PlannedJob) -> None:
        """Begin the next attempt, unless the job has begun it already."""
        job = await self.jobs.get(planned.job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if job.attempt != planned.attempt:
            return
        try:
            await self.retry(job.job_id, self._charge(action, job), attempt=planned.attempt)
        except Conflict:
            # Another process with the same plan may have begun the attempt since the job was read.
            job = await self.jobs.get(planned.job_id)
            if job is None or job.attempt == planned.attempt:
                raise

    def _charge(self, action: Action, job: Job) -> Charge | None:
        if action.charging is None:
            return None
        size = job.original.size if job.original else 0
        return Charge.of(action.charging.caller, action.charging.allowance, size, self.now())


@dataclass(frozen=True, kw_only=True)
class DeleteJob:
    """Cancels a job that was open when the page was planned, and deletes one that had ended."""

    cancel: Cancel
    delete: Delete

    async def __call__(self, _action: Action, planned: PlannedJob) -> None:
        """Cancel or delete the job. A job that is gone was deleted by an earlier try, or by somebody else."""
        if planned.is_open:
            # A job that an earlier try has cancelled stays cancelled, and is not deleted now.
            await self.cancel(planned.job_id)
            return
        try:
            await self.delete(planned.job_id)
        except NotFound:
            return


@dataclass(frozen=True, kw_only=True)
class PublishJob:
    """Publishes a job, or withdraws what is published of it. Both may be repeated."""

    change: Publish | Unpublish

    async def __call__(self, _action: Action, planned: PlannedJob) -> None:
        """Publish or unpublish the job."""
        await self.change(planned.job_id)
