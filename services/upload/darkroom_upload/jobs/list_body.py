"""The body of `GET /jobs`: a list of jobs."""

from typing import Self

from darkroom.jobs import Cost, JobStatus
from darkroom_upload.jobs.cursor import write_cursor
from darkroom_upload.jobs.job_body import ProgressBody
from darkroom_upload.jobs.job_lists import JobSummary, Page
from darkroom_upload.response_body import ResponseBody


class JobSummaryBody(ResponseBody):
    """A job in short. `GET /status/{id}` shows the rest: source, variants, links, errors."""

    job_id: str
    status: JobStatus
    recipe: str
    """The preset's name, or `custom`."""
    filename: str
    progress: ProgressBody
    created_at: str
    updated_at: str
    completed_at: str | None
    cost: Cost

    @classmethod
    def of(cls, job: JobSummary) -> Self:
        """Return the summary as clients see it."""
        return cls(
            job_id=job.job_id,
            status=job.status,
            recipe=job.recipe_name,
            filename=job.filename,
            progress=ProgressBody(done=job.done, failed=job.failed, total=job.variants),
            created_at=job.created_at,
            updated_at=job.updated_at,
            completed_at=job.completed_at,
            cost=job.cost,
        )


class JobPage(ResponseBody):
    """A page of a client's jobs, newest first."""

    items: list[JobSummaryBody]
    next_cursor: str | None
    """The `cursor` of the next page; null on the last page."""

    @classmethod
    def of(cls, page: Page) -> Self:
        """Return the page as clients see it."""
        items = [JobSummaryBody.of(job) for job in page.jobs]
        return cls(items=items, next_cursor=write_cursor(page.next) if page.next else None)
