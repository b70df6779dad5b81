"""Sends a job's tasks to the processors."""

from dataclasses import dataclass

from darkroom.jobs import Job
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom.source_description import SourceDescription
from darkroom_orchestrator.dispatch.tasks import cut_into_tasks
from darkroom_orchestrator.dispatch.watermark_images import find_watermark_images
from darkroom_orchestrator.records.job_store import JobStore

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class SendTasks:
    """Cuts the pending parts of a job into tasks and sends these. Tasks may be sent twice: results count once."""

    jobs: JobStore
    tasks: Queue
    max_variants_per_task: int
    thumbnails: bool
    """Whether jobs get a thumbnail of their original."""

    async def __call__(self, job: Job) -> None:
        """Send tasks for the pending parts. Raises Unavailable; some tasks may have been sent then."""
        recipe = await self.jobs.recipe_of(job.job_id)
        if recipe is None:
            _LOG.info("tasks_not_sent", job_id=job.job_id, reason="the job was cancelled and deleted meanwhile")
            return
        tasks = cut_into_tasks(
            job,
            recipe,
            job.pending,
            description=await self._description(job),
            overlays=await find_watermark_images(self.jobs, recipe, job.pending),
            max_variants=self.max_variants_per_task,
            thumbnail=self.thumbnails,
        )
        await self.tasks.send([Outgoing(job_id=job.job_id, message=task, owner=job.owner) for task in tasks])
        _LOG.info("tasks_sent", job_id=job.job_id, attempt=job.attempt, tasks=len(tasks), parts=len(job.pending))

    async def count(self, job: Job) -> int:
        """Return about how many tasks the pending parts make. Ignores the size of overlays. Raises Unavailable."""
        recipe = await self.jobs.recipe_of(job.job_id)
        if recipe is None:
            return 0
        description = await self._description(job)
        return len(
            cut_into_tasks(job, recipe, job.pending, description=description, max_variants=self.max_variants_per_task)
        )

    async def _description(self, job: Job) -> SourceDescription | None:
        return (await self.jobs.details_of(job.job_id)).description if job.described else None
