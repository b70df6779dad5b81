"""Finds the jobs that an action is about, page by page, through the index of its owner's jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from darkroom import clock
from darkroom.actions import Action, PlannedJob, Position
from darkroom.jobs import Job
from darkroom.runtime.aws import translated
from darkroom.tables.details_item import details_key, details_of
from darkroom.tables.dynamodb import serialized
from darkroom.tables.job_item import from_item, key, owner_shards
from darkroom.tables.job_table import JobTable
from darkroom.topology import BY_OWNER, OWNER_SHARDS

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

PAGE: Final = 25
"""Jobs that one page examines."""
_AFTER_ALL: Final = "~"
"""Sorts behind the `#` that follows the moment in the keys of the index."""


@dataclass(frozen=True, kw_only=True)
class MatchingPage:
    """One page of an owner's jobs."""

    examined: int
    matching: tuple[PlannedJob, ...]
    next: Position | None
    """None after the last page."""


class MatchingJobs:
    """Reads pages. Jobs that were created after the action are not on them."""

    def __init__(self, client: "DynamoDBClient", jobs: JobTable, *, page: int = PAGE) -> None:
        self._client = client
        self._jobs = jobs
        self._page = page

    async def __call__(self, action: Action, position: Position) -> MatchingPage:
        """Return the page at a position. Raises Unavailable."""
        orders, is_over = await self._orders(action, position)
        following = Position(shard=position.shard + 1) if is_over else Position(shard=position.shard, after=orders[-1])
        jobs = await self._read([order.rpartition("#")[2] for order in orders])
        matching = await self._matching(action, jobs)
        return MatchingPage(
            examined=len(jobs),
            matching=tuple(
                PlannedJob(job_id=job.job_id, attempt=job.attempt, is_open=job.status.is_open) for job in matching
            ),
            next=following if following.shard < OWNER_SHARDS else None,
        )

    async def _orders(self, action: Action, position: Position) -> tuple[list[str], bool]:
        """Return the sort keys of a page, and whether they are the last ones of the partition."""
        first, last = _bounds(action, position)
        if first > last:
            return [], True
        condition = f"{BY_OWNER.partition.name} = :shard AND {BY_OWNER.sort.name} BETWEEN :first AND :last"
        values = {":shard": owner_shards(action.owner)[position.shard], ":first": first, ":last": last}
        with translated("DynamoDB"):
            answer = await self._client.query(
                TableName=self._jobs.name,
                IndexName=BY_OWNER.name,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=serialized(values),
                ProjectionExpression=BY_OWNER.sort.name,
                Limit=self._page,
            )
        orders = [item[BY_OWNER.sort.name]["S"] for item in answer["Items"]]
        return orders, not orders or "LastEvaluatedKey" not in answer

    async def _read(self, job_ids: Sequence[str]) -> list[Job]:
        """Return those jobs that exist. The index lags behind: a job may be gone."""
        items = await self._jobs.batch([key(job_id) for job_id in job_ids]) if job_ids else []
        return [from_item(item) for item in items]

    async def _matching(self, action: Action, jobs: Sequence[Job]) -> list[Job]:
        matching = [job for job in jobs if action.filter.matches(job)]
        if not action.filter.metadata or not matching:
            return matching
        found = await self._jobs.batch([details_key(job.job_id) for job in matching])
        details = {item["job_id"]["S"]: details_of(item) for item in found}
        return [
            job
            for job in matching
            if (known := details.get(details_key(job.job_id)["job_id"]["S"]))
            and action.filter.matches_metadata(known.metadata)
        ]


def _bounds(action: Action, position: Position) -> tuple[str, str]:
    """Return the first and the last sort key of the jobs that are left in a partition, both included."""
    wanted = action.filter
    first = clock.iso(wanted.created_after) if wanted.created_after else "0"
    if position.after:
        first = max(first, position.after + _AFTER_ALL)
    last = clock.iso(action.created_at) + _AFTER_ALL
    if wanted.created_before:
        last = min(last, clock.iso(wanted.created_before))
    return first, last
