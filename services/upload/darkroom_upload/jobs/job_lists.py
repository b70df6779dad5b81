"""Pages of an owner's jobs, newest first.

The index by owner has `OWNER_SHARDS` partitions for each owner and contains only keys. A page is read in two steps:

    keys        read from all partitions at once, and merged into one order
    summaries   read by BatchGetItem, a few attributes of each job

A filter by status looks at the summaries, at `_MOST_LOOKS` jobs a page. A page may then be short; its cursor continues
from there.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from darkroom.jobs import Cost, JobStatus
from darkroom.runtime.aws import translated
from darkroom.tables.dynamodb import Item, serialized
from darkroom.tables.job_item import key, owner_order, owner_shards
from darkroom.tables.job_table import JobTable
from darkroom.topology import BY_OWNER, OWNER_SHARDS
from darkroom_upload.jobs.cursor import Position

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_BATCH: Final = 100
"""Keys of one BatchGetItem."""
_MOST_LOOKS: Final = 4 * _BATCH
"""Most jobs that a page examines, at 1 to 5 read units each. A rare status must not make it read a whole history."""
_SPARE: Final = 16
"""Keys read from each partition beyond its share of a page, so that one query a partition is nearly always enough."""
_ATTRIBUTES: Final = (
    "job_id, #status, recipe_name, filename, variants_total, variants_done, variants_failed, "
    "created_at, updated_at, completed_at, cpu_ms, bytes_read, bytes_written"
)


@dataclass(frozen=True, kw_only=True)
class JobSummary:
    """A job as lists show it. Moments are texts, as they are stored and shown."""

    job_id: str
    status: JobStatus
    recipe_name: str
    filename: str
    variants: int
    done: int
    failed: int
    created_at: str
    updated_at: str
    completed_at: str | None
    cost: Cost

    @classmethod
    def of(cls, item: Item) -> Self:
        """Return the summary of a job's item."""
        return cls(
            job_id=item["job_id"]["S"],
            status=JobStatus(item["status"]["S"]),
            recipe_name=item["recipe_name"]["S"],
            filename=item["filename"]["S"],
            variants=int(item["variants_total"]["N"]),
            done=int(item["variants_done"]["N"]),
            failed=int(item["variants_failed"]["N"]),
            created_at=item["created_at"]["S"],
            updated_at=item["updated_at"]["S"],
            completed_at=item["completed_at"]["S"] if "completed_at" in item else None,
            cost=Cost(**{name: int(item[name]["N"]) for name in Cost.model_fields}),
        )

    @property
    def order(self) -> str:
        """The job's sort key in the index by owner."""
        return owner_order(self.created_at, self.job_id)


@dataclass(frozen=True)
class Page:
    """Jobs, newest first, and the position of the next page; None after the last one."""

    jobs: list[JobSummary]
    next: Position | None


class JobLists:
    """Lists jobs. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", jobs: JobTable) -> None:
        self._client = client
        self._jobs = jobs

    async def page(self, owner: str, *, status: JobStatus | None, after: Position | None, limit: int) -> Page:
        """Return an owner's jobs, up to `limit`. With a `status`, any page may be short, not only the last."""
        share = limit // OWNER_SHARDS + _SPARE
        walk = _Walk(self._client, self._jobs.name, owner, after=after.order if after else None, share=share)
        found: list[JobSummary] = []
        looks, last = 0, ""
        while len(found) <= limit and looks < _MOST_LOOKS:
            # One job more than the page shows, to learn whether another page follows.
            keys = await walk.take(_BATCH if status else min(limit + 1 - len(found), _BATCH))
            if not keys:
                return Page(found, None)
            looks, last = looks + len(keys), keys[-1]
            found += [job for job in await self._summaries(keys) if status in (None, job.status)]
        if len(found) > limit:
            found, last = found[:limit], found[limit - 1].order
        return Page(found, Position.at(last))

    async def _summaries(self, sort_keys: Sequence[str]) -> list[JobSummary]:
        """Return the jobs of these keys, in this order. The index lags behind: a job may be gone."""
        ids = [sort_key.rpartition("#")[2] for sort_key in sort_keys]
        items = await self._jobs.batch([key(job_id) for job_id in ids], _ATTRIBUTES)
        jobs = {item["job_id"]["S"]: JobSummary.of(item) for item in items}
        return [jobs[job_id] for job_id in ids if job_id in jobs]


@dataclass(kw_only=True)
class _Shard:
    """One partition of an owner in the index, and how far it has been read."""

    name: str
    after: str | None
    rows: deque[str] = field(default_factory=deque)
    is_over: bool = False


class _Walk:
    """Goes through all partitions of an owner in one order. Reads no more of each than it needs."""

    def __init__(self, client: "DynamoDBClient", table: str, owner: str, *, after: str | None, share: int) -> None:
        self._client = client
        self._table = table
        self._share = share
        self._shards = [_Shard(name=name, after=after) for name in owner_shards(owner)]

    async def take(self, count: int) -> list[str]:
        """Return up to `count` further sort keys; none after the last."""
        taken: list[str] = []
        while len(taken) < count:
            await asyncio.gather(*(self._read(shard) for shard in self._shards if not shard.rows and not shard.is_over))
            heads = [shard for shard in self._shards if shard.rows]
            if not heads:
                break
            taken.append(max(heads, key=lambda shard: shard.rows[0]).rows.popleft())
        return taken

    async def _read(self, shard: _Shard) -> None:
        condition, values = f"{BY_OWNER.partition.name} = :shard", {":shard": shard.name}
        if shard.after:
            condition += f" AND {BY_OWNER.sort.name} < :after"
            values[":after"] = shard.after
        request: dict[str, Any] = {
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": serialized(values),
            "ProjectionExpression": BY_OWNER.sort.name,
            "ScanIndexForward": False,
            "Limit": self._share,
        }
        with translated("DynamoDB"):
            answer = await self._client.query(TableName=self._table, IndexName=BY_OWNER.name, **request)
        shard.rows.extend(item[BY_OWNER.sort.name]["S"] for item in answer["Items"])
        shard.is_over = "LastEvaluatedKey" not in answer
        if shard.rows:
            shard.after = shard.rows[-1]
