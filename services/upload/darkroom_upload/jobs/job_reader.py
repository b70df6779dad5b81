"""Reads of the jobs table: one job of an owner, and the versions of many jobs."""

from collections.abc import Sequence
from typing import Final

from darkroom.errors import NotFound
from darkroom.job_details import JobDetails
from darkroom.jobs import Job
from darkroom.tables.dynamodb import Item
from darkroom.tables.job_item import key
from darkroom.tables.job_table import JobTable
from darkroom_upload.jobs.job_version import JobVersion

_BATCH: Final = 100
"""Keys of one BatchGetItem."""


class JobReader(JobTable):
    """The jobs table as the upload service reads it. All methods raise Unavailable."""

    async def owned(self, job_id: str, owner: str) -> Job:
        """Return a job of the owner. Raises NotFound for a job of another owner, as for one that does not exist."""
        job = await self.get(job_id)
        if job is None or job.owner != owner:
            raise NotFound("There is no such job.")
        return job

    async def owned_with_details(self, job_id: str, owner: str) -> tuple[Job, JobDetails]:
        """Return a job of the owner and its details. Raises NotFound as `owned` does."""
        found = await self.with_details(job_id)
        if found is None or found[0].owner != owner:
            raise NotFound("There is no such job.")
        return found

    async def versions(self, job_ids: Sequence[str]) -> dict[str, JobVersion]:
        """Return the versions of those jobs that exist, by their ids."""
        items: list[Item] = []
        for start in range(0, len(job_ids), _BATCH):
            keys = [key(job_id) for job_id in job_ids[start : start + _BATCH]]
            items += await self.batch(keys, "job_id, #status, attempt, pending")
        return {item["job_id"]["S"]: JobVersion.of_item(item) for item in items}
