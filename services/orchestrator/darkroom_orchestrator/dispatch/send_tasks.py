"""Sending a job's tasks to the processors."""

from darkroom.jobs import Job
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom.source_description import SourceDescription
from darkroom_orchestrator.dispatch.tasks import plan
from darkroom_orchestrator.dispatch.watermark_images import find_watermark_images
from darkroom_orchestrator.records.job_store import JobStore

_LOG = get_logger(__name__)


class SendTasks:
    """Plans what a job still waits for and sends it. Sending it twice does no harm: results count once."""

    def __init__(self, jobs: JobStore, tasks: Queue, *, max_variants_per_task: int) -> None:
        self._jobs = jobs
        self._tasks = tasks
        self._max_variants = max_variants_per_task

    async def count(self, job: Job) -> int:
        """About how many tasks the pending parts make: what their overlays weigh is not asked. Raises Unavailable."""
        recipe = await self._jobs.recipe_of(job.job_id)
        if recipe is None:
            return 0
        description = await self._description(job)
        return len(plan(job, recipe, job.pending, description=description, max_variants=self._max_variants))

    async def __call__(self, job: Job) -> None:
        """Send tasks for the pending parts. Raises Unavailable, and some may have been sent then."""
        recipe = await self._jobs.recipe_of(job.job_id)
        if recipe is None:
            _LOG.info("tasks_not_sent", job_id=job.job_id, reason="the job has been cancelled and deleted meanwhile")
            return
        tasks = plan(
            job,
            recipe,
            job.pending,
            description=await self._description(job),
            overlays=await find_watermark_images(self._jobs, recipe, job.pending),
            max_variants=self._max_variants,
        )
        await self._tasks.send([Outgoing(job_id=job.job_id, message=task, owner=job.owner) for task in tasks])
        _LOG.info("tasks_sent", job_id=job.job_id, attempt=job.attempt, tasks=len(tasks), parts=len(job.pending))

    async def _description(self, job: Job) -> SourceDescription | None:
        return (await self._jobs.details_of(job.job_id)).description if job.described else None
