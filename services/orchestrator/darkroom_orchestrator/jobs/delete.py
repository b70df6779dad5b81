"""Deleting a job with all that belongs to it."""

from typing import Final

from darkroom.errors import Conflict, NotFound
from darkroom.recipes import Recipe
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.storage.originals import Originals
from darkroom_orchestrator.storage.results import Results

_LOG = get_logger(__name__)

_NO_RECIPE: Final = Recipe(variants=())


class Delete:
    """Deletes a job that has ended: mark, objects, record, in this order, so that it can be taken up again."""

    def __init__(self, *, jobs: JobStore, originals: Originals, results: Results) -> None:
        self._jobs = jobs
        self._originals = originals
        self._results = results

    async def __call__(self, job_id: str) -> None:
        """Delete the job. Raises NotFound, Conflict while the job is open, and Unavailable; then do it again."""
        job = await self._jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if job.status.is_open:
            raise Conflict(f"The job is {job.status}: cancel it before you delete it.")
        going = await self._jobs.begin_deletion(job)
        if going is None:
            raise Conflict("The job has changed meanwhile: look at its status.")
        # The recipe of an expired job, which has no results, may have gone before its record.
        recipe = await self._jobs.recipe_of(job_id) or _NO_RECIPE
        await self._originals.delete(job.source_key, job.source)
        await self._results.delete_all_of(job_id, recipe)
        await self._jobs.end_deletion(going)
        # A worker that was late may have put its results since they were listed, and reported them while the record
        # was still there to claim them. From now on reports find no job, and their results are thrown away.
        await self._results.delete_all_of(job_id, recipe)
        _LOG.info("job_deleted", job_id=job_id)
