"""Jobs in memory, in place of the table: the versions of many jobs, and one job with its details."""

import asyncio
from collections.abc import Sequence

from darkroom.errors import NotFound, Unavailable
from darkroom.job_details import JobDetails
from darkroom.jobs import Job
from darkroom_upload.jobs.job_version import JobVersion


class MemoryJobs:
    """Jobs, the ids of each read of versions, and failures to come."""

    def __init__(self) -> None:
        self.version_reads: list[list[str]] = []
        self.failing_version_reads = 0
        self.failure: Exception = Unavailable("DynamoDB cannot be reached.")
        self.may_return = asyncio.Event()
        """While this is not set, a read of versions does not return what it has read."""
        self.may_return.set()
        self.failing_reads = 0
        self._jobs: dict[str, Job] = {}
        self._was_read = asyncio.Event()

    def put(self, job: Job) -> Job:
        """Write or replace a job."""
        self._jobs[job.job_id] = job
        return job

    def remove(self, job: Job) -> None:
        """Delete a job."""
        del self._jobs[job.job_id]

    async def versions(self, job_ids: Sequence[str]) -> dict[str, JobVersion]:
        """Return versions as `JobReader.versions` does."""
        self.version_reads.append(list(job_ids))
        self._was_read.set()
        if self.failing_version_reads:
            self.failing_version_reads -= 1
            raise self.failure
        versions = {job_id: JobVersion.of(self._jobs[job_id]) for job_id in job_ids if job_id in self._jobs}
        await self.may_return.wait()
        return versions

    async def owned_with_details(self, job_id: str, owner: str) -> tuple[Job, JobDetails]:
        """Return a job as `JobReader.owned_with_details` does, always with empty details."""
        if self.failing_reads:
            self.failing_reads -= 1
            raise Unavailable("DynamoDB cannot be reached.")
        job = self._jobs.get(job_id)
        if job is None or job.owner != owner:
            raise NotFound("There is no such job.")
        return job, JobDetails()

    async def next_look(self) -> None:
        """Wait until versions are read again."""
        self._was_read.clear()
        await self._was_read.wait()
