"""Deletes a job and everything that belongs to it."""

from dataclasses import dataclass
from typing import Final

from darkroom.errors import Conflict, NotFound, Unavailable
from darkroom.object_keys import is_drop
from darkroom.recipes import Recipe
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.publishing.publish import Publish, Unpublish
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.storage.originals import Originals
from darkroom_orchestrator.storage.results import Results

_LOG = get_logger(__name__)

_NO_RECIPE: Final = Recipe(variants=())


@dataclass(frozen=True, kw_only=True)
class Delete:
    """Deletes a job that has ended: a mark, then its objects, then its record. So it can be continued after a crash."""

    jobs: JobStore
    originals: Originals
    results: Results
    unpublish: Unpublish
    publish: Publish

    async def __call__(self, job_id: str) -> None:
        """Delete the job. Raises NotFound; Conflict while the job is open; Unavailable, and must then be repeated."""
        job = await self.jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if job.status.is_open:
            raise Conflict(f"The job is {job.status}: cancel it before you delete it.")
        if job.published:
            await self.unpublish.record(job_id)
        going = await self.jobs.begin_deletion(job)
        if going is None:
            raise Conflict("The job has changed meanwhile. Read its status, then decide again.")
        await self._withdraw(job_id)
        # The recipe of an expired job may have gone before its record. Such a job has no results.
        recipe = await self.jobs.recipe_of(job_id) or _NO_RECIPE
        await self.originals.delete(job.original_key, job.original)
        if job.copied_from and is_drop(job.copied_from.key):
            await self.originals.delete(job.copied_from.key, job.copied_from)
        await self.results.delete_all_of(job_id, recipe)
        await self.jobs.end_deletion(going)
        # A late worker may have stored results after the listing, and reported them while the record still named them.
        # From now on a report finds no job, and its results are deleted.
        await self.results.delete_all_of(job_id, recipe)
        _LOG.info("job_deleted", job_id=job_id)

    async def _withdraw(self, job_id: str) -> None:
        """Remove the job's public copies. Their record outlives that of the job, so this need not succeed now."""
        try:
            await self.publish.resume(job_id)
        except Unavailable as error:
            _LOG.warning("withdrawal_left_to_sweeper", reason=error.message)
