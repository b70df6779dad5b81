"""Pages of an owner's jobs, newest or oldest first.

The index by owner has `OWNER_SHARDS` partitions for each owner and contains only keys. A page is read in steps:

    keys        read from all partitions at once, and merged into one order; the sort key has the time of creation
    summaries   read by BatchGetItem, a few attributes of each job
    metadata    read by BatchGetItem from the details of the jobs that meet all other conditions, if it is asked for

A filter looks at the summaries of `_MOST_LOOKS` jobs a page. A page may then be short; its cursor continues from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from darkroom.tables.job_item import key
from darkroom.tables.job_table import JobTable
from darkroom_upload.jobs.cursor import Position
from darkroom_upload.jobs.job_filter import JobFilter
from darkroom_upload.jobs.job_summary import SUMMARY_ATTRIBUTES, JobSummary
from darkroom_upload.jobs.owner_index import OwnerWalk

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_BATCH: Final = 100
"""Keys of one BatchGetItem."""
_MOST_LOOKS: Final = 10 * _BATCH
"""Most jobs that a page examines, at 1 to 5 read units each. A rare status must not make it read a whole history."""


@dataclass(frozen=True)
class Page:
    """Jobs in the order of the list, and the position of the next page; None after the last one."""

    jobs: list[JobSummary]
    next: Position | None


class JobLists:
    """Lists jobs. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", jobs: JobTable) -> None:
        self._client = client
        self._jobs = jobs

    async def page(
        self,
        owner: str,
        *,
        filtered: JobFilter,
        after: Position | None,
        limit: int,
        attributes: str = SUMMARY_ATTRIBUTES,
    ) -> Page:
        """Return an owner's jobs that meet a filter, up to `limit`.

        If the filter selects, any page may be short, not only the last. `attributes` are those to read.
        """
        walk = OwnerWalk(
            self._client,
            self._jobs.name,
            owner,
            after=after.order if after else None,
            since=filtered.created_after,
            before=filtered.created_before,
            newest_first=filtered.newest_first,
            limit=limit,
        )
        found: list[JobSummary] = []
        looks, last = 0, ""
        while len(found) <= limit and looks < _MOST_LOOKS:
            # One job more than the page shows, to learn whether another page follows.
            keys = await walk.take(_BATCH if filtered.selects else min(limit + 1 - len(found), _BATCH))
            if not keys:
                return Page(found, None)
            looks, last = looks + len(keys), keys[-1]
            # The index lags behind: a job may be gone.
            jobs = await self.summaries([sort_key.rpartition("#")[2] for sort_key in keys], attributes)
            found += await self._selected(jobs, filtered)
        if len(found) > limit:
            found, last = found[:limit], found[limit - 1].order
        return Page(found, Position.at(last))

    async def summaries(self, job_ids: Sequence[str], attributes: str = SUMMARY_ATTRIBUTES) -> list[JobSummary]:
        """Return those jobs that exist, in the order of their ids."""
        jobs: dict[str, JobSummary] = {}
        for start in range(0, len(job_ids), _BATCH):
            keys = [key(job_id) for job_id in job_ids[start : start + _BATCH]]
            items = await self._jobs.batch(keys, attributes)
            jobs |= {item["job_id"]["S"]: JobSummary.of(item) for item in items}
        return [jobs[job_id] for job_id in job_ids if job_id in jobs]

    async def _selected(self, jobs: Sequence[JobSummary], filtered: JobFilter) -> list[JobSummary]:
        """Return the jobs that meet the filter. There are at most as many as one batch can read."""
        accepted = [job for job in jobs if filtered.accepts(job)]
        if not filtered.metadata or not accepted:
            return accepted
        metadata = await self._jobs.metadata_of([job.job_id for job in accepted])
        return [job for job in accepted if filtered.accepts_metadata(metadata.get(job.job_id, {}))]
