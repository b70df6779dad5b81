"""Summaries of jobs as events show them: the same as in lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from darkroom_upload.jobs.job_lists import JobLists
from darkroom_upload.jobs.list_body import JobSummaryBody


@dataclass(frozen=True, kw_only=True)
class SummaryTexts:
    """Reads summaries as JSON in one line each."""

    lists: JobLists

    async def __call__(self, job_ids: Sequence[str]) -> dict[str, str]:
        """Return the summaries of those jobs that exist, by their ids. Raises Unavailable."""
        summaries = await self.lists.summaries(job_ids)
        return {job.job_id: JobSummaryBody.of(job).model_dump_json() for job in summaries}
