"""The body of `GET /jobs`: a list of jobs."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Self

from darkroom.jobs import Cost, JobStatus
from darkroom_upload.jobs.job_body import JobPresetBody, ProgressBody, ThumbnailBody
from darkroom_upload.jobs.job_summary import JobSummary
from darkroom_upload.response_body import ResponseBody
from darkroom_upload.results.result_links import ResultLinks


class ListView(StrEnum):
    """What a list tells of each job."""

    STANDARD = "standard"
    """Recipe, progress, times and cost."""
    SUMMARY = "summary"
    """What a page of many jobs shows: the thumbnail and the file's size, without recipe and cost."""


class JobSummaryBody(ResponseBody):
    """A job in short. `GET /status/{id}` shows the rest: source, variants, links, errors."""

    job_id: str
    status: JobStatus
    recipe: str
    """The preset's name, or `custom`."""
    preset: JobPresetBody | None
    """The preset with its version; null for a recipe without a name."""
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
            preset=JobPresetBody.of(job.recipe_name, job.preset_version),
            filename=job.filename,
            progress=_progress(job),
            created_at=job.created_at,
            updated_at=job.updated_at,
            completed_at=job.completed_at,
            cost=job.cost,
        )


class JobTileBody(ResponseBody):
    """A job as a page of many jobs shows it (`view=summary`)."""

    job_id: str
    status: JobStatus
    filename: str
    bytes: int | None
    """Size of the original, as stored or as announced."""
    thumbnail: ThumbnailBody | None
    """A small picture of the original; null until the image is described, or if the installation makes none."""
    progress: ProgressBody
    created_at: str
    updated_at: str
    completed_at: str | None

    @classmethod
    async def of(cls, job: JobSummary, links: ResultLinks) -> Self:
        """Return the job as clients see it, with a link to its thumbnail."""
        return cls(
            job_id=job.job_id,
            status=job.status,
            filename=job.filename,
            bytes=job.bytes,
            thumbnail=await ThumbnailBody.of(job.job_id, job.thumbnail, links),
            progress=_progress(job),
            created_at=job.created_at,
            updated_at=job.updated_at,
            completed_at=job.completed_at,
        )


class JobPage(ResponseBody):
    """A page of a client's jobs. They have all fields of one of the two views."""

    items: list[JobSummaryBody] | list[JobTileBody]
    next_cursor: str | None
    """The `cursor` of the next page; null on the last page."""


async def list_items(
    jobs: Sequence[JobSummary], view: ListView, links: ResultLinks
) -> list[JobSummaryBody] | list[JobTileBody]:
    """Return the items of a page. Raises Unavailable."""
    if view is ListView.SUMMARY:
        return [await JobTileBody.of(job, links) for job in jobs]
    return [JobSummaryBody.of(job) for job in jobs]


def _progress(job: JobSummary) -> ProgressBody:
    return ProgressBody(done=job.done, failed=job.failed, total=job.variants)
