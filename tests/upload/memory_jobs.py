"""Jobs in memory, for what reads them: the marks of many, and one with all that it has."""

import asyncio
from collections.abc import Sequence

from darkroom.errors import NotFound, Unavailable
from darkroom.job_details import JobDetails
from darkroom.jobs import Job
from darkroom_upload.jobs.job_version import JobVersion


class MemoryJobs:
    """Jobs as they stand, each look at their marks, and failures to come."""

    def __init__(self) -> None:
        self.looks: list[list[str]] = []
        self.failing_looks = 0
        self.failure: Exception = Unavailable("DynamoDB cannot be reached.")
        self.looking = asyncio.Event()
        """While it is not set, looks have read the marks and do not come back with them."""
        self.looking.set()
        self.failing_reads = 0
        self._jobs: dict[str, Job] = {}
        self._looked = asyncio.Event()

    def put(self, job: Job) -> Job:
        """Write a job over what was there of it."""
        self._jobs[job.job_id] = job
        return job

    def remove(self, job: Job) -> None:
        """Delete a job."""
        del self._jobs[job.job_id]

    async def versions(self, job_ids: Sequence[str]) -> dict[str, JobVersion]:
        """As `Jobs.versions`."""
        self.looks.append(list(job_ids))
        self._looked.set()
        if self.failing_looks:
            self.failing_looks -= 1
            raise self.failure
        marks = {job_id: JobVersion.of(self._jobs[job_id]) for job_id in job_ids if job_id in self._jobs}
        await self.looking.wait()
        return marks

    async def owned_with_details(self, job_id: str, owner: str) -> tuple[Job, JobDetails]:
        """As `Jobs.owned_with_details`; of every job nothing is told."""
        if self.failing_reads:
            self.failing_reads -= 1
            raise Unavailable("DynamoDB cannot be reached.")
        job = self._jobs.get(job_id)
        if job is None or job.owner != owner:
            raise NotFound("There is no such job.")
        return job, JobDetails()

    async def next_look(self) -> None:
        """Wait until marks are read again."""
        self._looked.clear()
        await self._looked.wait()
