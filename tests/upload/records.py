"""Jobs written straight into the table, as the orchestrator leaves them."""

from darkroom.job_details import JobDetails
from darkroom.jobs import Job
from darkroom.tables.details_item import details_item
from darkroom.tables.job_item import to_item
from tests.upload.examples import DESCRIPTION
from tests.upload.service import RunningService


async def put_job(service: RunningService, job: Job, details: JobDetails | None = None) -> Job:
    """Write or replace a job and its details. By default, a described job has the details of an example."""
    details = details or JobDetails(description=DESCRIPTION if job.described else None)
    for item in (details_item(job.job_id, details), to_item(job)):
        await service.services.jobs._client.put_item(TableName=service.settings.jobs_table, Item=item)
    return job
