"""Publishes the results of a job: at its end if it is open, otherwise now."""

from dataclasses import dataclass

from darkroom.errors import Conflict, NotFound, Unavailable
from darkroom.jobs import Job, JobStatus
from darkroom.runtime.logs import get_logger
from darkroom.tables.public_work_item import PublicWork, PublicWorkKind
from darkroom_orchestrator.publishing.copying import Copying
from darkroom_orchestrator.publishing.withdraw import Withdraw
from darkroom_orchestrator.records.conditional_writes import OtherWriteRefused
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.public_works import PublicWorks

_LOG = get_logger(__name__)

_STOPPED = frozenset({JobStatus.CANCELLED, JobStatus.EXPIRED})


@dataclass(frozen=True, kw_only=True)
class Publish:
    """Records that a job is to be published, and copies the results of one that has ended."""

    jobs: JobStore
    works: PublicWorks
    copying: Copying
    withdraw: Withdraw

    async def __call__(self, job_id: str) -> None:
        """Publish the job. May be repeated. Raises NotFound; Conflict for a job that was stopped; Unavailable.

        If this job is being withdrawn, it is published after that: then the copies of two moments cannot be confused.
        """
        is_recorded = False
        while not is_recorded:
            is_recorded = await self._recorded(await self._publishable(job_id))
        try:
            await self.resume(job_id)
        except Unavailable as error:
            # The wish is recorded. The sweeper continues after a period.
            _LOG.warning("publishing_left_to_sweeper", reason=error.message)

    async def resume(self, job_id: str) -> None:
        """Continue the work on a job's public copies, whatever it is. Raises Unavailable, and may then be repeated."""
        await self.withdraw(job_id)
        # Read again: after a withdrawal, the job may be published again.
        while (work := await self.works.get(job_id)) and work.kind is PublicWorkKind.PUBLISH:
            if await self._carried_out(work):
                return

    async def _publishable(self, job_id: str) -> Job:
        job = await self.jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if job.status in _STOPPED:
            raise Conflict(f"The job is {job.status}: only results of a job that ended by itself can be published.")
        if job.deletion_began_at:
            raise Conflict("The job is being deleted: its results cannot be published.")
        return job

    async def _recorded(self, job: Job) -> bool:
        """Record the wish. Return False if the job or its work has changed since it was read."""
        if job.published:
            return True
        work = await self.works.get(job.job_id)
        if work and work.kind is PublicWorkKind.WITHDRAW:
            return await self.works.publish_afterwards(work)
        if work:
            return True
        if not job.status.is_open:
            return await self.works.begin_publishing(job.job_id) is not None
        return await self._wished_at_end(job)

    async def _wished_at_end(self, job: Job) -> bool:
        try:
            return await self.jobs.publish_open(job, self.works.none_write(job.job_id))
        except OtherWriteRefused:
            return False

    async def _carried_out(self, work: PublicWork) -> bool:
        """Publish the job as it is now. Return False if it has changed meanwhile."""
        since = self.copying.now()
        job = await self.jobs.get(work.job_id)
        if job is None or job.status in _STOPPED or job.deletion_began_at:
            if await self.works.withdraw_instead(work):
                await self.withdraw(work.job_id)
            return True
        if job.published:
            return await self.works.end(work)
        end = self.works.end_write(work)
        try:
            if job.status.is_open:
                return await self.jobs.publish_open(job, end)
            await self.copying(job, since=since)
            return await self.jobs.publish_ended(job, end)
        except OtherWriteRefused:
            return True  # Another process has carried it out, or the owner no longer wants it.


@dataclass(frozen=True, kw_only=True)
class Unpublish:
    """Withdraws the public copies of a job."""

    jobs: JobStore
    works: PublicWorks
    withdraw: Withdraw

    async def __call__(self, job_id: str) -> None:
        """Withdraw the job's copies. May be repeated. Raises NotFound and Unavailable; the sweeper continues it."""
        await self.record(job_id)
        await self.withdraw(job_id)

    async def record(self, job_id: str) -> None:
        """Record that the job is not published, without removing its copies. Raises NotFound and Unavailable."""
        is_recorded = False
        while not is_recorded:
            is_recorded = await self._recorded(job_id)

    async def _recorded(self, job_id: str) -> bool:
        """Record the withdrawal. Return False if the job or its work has changed since it was read."""
        job = await self.jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if job.published:
            return await self.withdraw.begin(job)
        work = await self.works.get(job_id)
        if work and work.kind is PublicWorkKind.PUBLISH:
            return await self.works.withdraw_instead(work)
        return not (work and work.then_publish) or await self.works.stay_withdrawn(work)
