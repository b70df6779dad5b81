"""What the upload service reads of jobs: one of an owner's, and marks of many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from darkroom.errors import NotFound
from darkroom.job_details import JobDetails
from darkroom.jobs import Job, JobStatus
from darkroom.tables.dynamodb import Item
from darkroom.tables.job_item import key
from darkroom.tables.job_table import JobTable

_BATCH: Final = 100
"""Keys of one BatchGetItem."""


@dataclass(frozen=True, kw_only=True)
class JobVersion:
    """What tells one state of a job from every other that clients can see.

    Within an attempt the status only goes on, and parts only cease to be pending.
    """

    status: JobStatus
    attempt: int
    pending: int
    """Parts without an outcome."""

    @classmethod
    def of(cls, job: Job) -> Self:
        """The mark of a job as it was read."""
        return cls(status=job.status, attempt=job.attempt, pending=len(job.pending))

    @property
    def stage(self) -> tuple[JobStatus, int]:
        """What progress leaves as it is."""
        return self.status, self.attempt

    @property
    def version(self) -> str:
        """The mark as a text."""
        return f"{self.attempt}-{self.status}-{self.pending}"


class JobReader(JobTable):
    """The jobs table as the upload service sees it. All methods raise Unavailable."""

    async def owned(self, job_id: str, owner: str) -> Job:
        """A job of that owner's. Raises NotFound for anybody else's, as for one that does not exist."""
        job = await self.get(job_id)
        if job is None or job.owner != owner:
            raise NotFound("There is no such job.")
        return job

    async def owned_with_details(self, job_id: str, owner: str) -> tuple[Job, JobDetails]:
        """A job of that owner's, and its details. Raises NotFound as `owned` does."""
        found = await self.with_details(job_id)
        if found is None or found[0].owner != owner:
            raise NotFound("There is no such job.")
        return found

    async def marks(self, job_ids: Sequence[str]) -> dict[str, JobVersion]:
        """The marks of those jobs that exist."""
        items: list[Item] = []
        for start in range(0, len(job_ids), _BATCH):
            keys = [key(job_id) for job_id in job_ids[start : start + _BATCH]]
            items += await self.batch(keys, "job_id, #status, attempt, pending")
        return {item["job_id"]["S"]: _mark(item) for item in items}


def _mark(item: Item) -> JobVersion:
    return JobVersion(
        status=JobStatus(item["status"]["S"]),
        attempt=int(item["attempt"]["N"]),
        pending=len(item["pending"]["SS"]) if "pending" in item else 0,
    )
