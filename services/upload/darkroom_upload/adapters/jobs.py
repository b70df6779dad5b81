"""What the upload service reads of jobs beside one at a time: pages of an owner's, and marks of many."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from darkroom.aws import translated
from darkroom.errors import NotFound, Unavailable
from darkroom.job_table import Item, JobTable, from_item, key
from darkroom.jobs import Job, JobStatus
from darkroom.topology import BY_OWNER
from darkroom_upload.cursor import Position

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import KeysAndAttributesTypeDef

_BATCH: Final = 100
"""Keys of one BatchGetItem."""
_WHOLE_JOBS: Final = 20
"""Jobs that are read and understood in one go, some 30 ms of work between two of which others have a turn."""
_BATCH_ATTEMPTS: Final = 6
_BATCH_PAUSE_SECONDS: Final = 0.05
_MOST_QUERIES: Final = 20
"""Of one page: a filter that hardly anything passes must not read a whole history for one request."""


@dataclass(frozen=True, kw_only=True)
class Mark:
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


@dataclass(frozen=True)
class Page:
    """Jobs, newest first, and where the next page begins; None after the last."""

    jobs: list[Job]
    next: Position | None


class Jobs(JobTable):
    """The jobs table as the upload service sees it. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        super().__init__(client, table)
        self._dynamodb = client
        self._name = table

    async def owned(self, job_id: str, owner: str) -> Job:
        """A job of that owner's. Raises NotFound for anybody else's, as for one that does not exist."""
        job = await self.get(job_id)
        if job is None or job.owner != owner:
            raise NotFound("There is no such job.")
        return job

    async def page(self, owner: str, *, status: JobStatus | None, after: Position | None, limit: int) -> Page:
        """An owner's jobs, full but for the last page.

        With a `status` that few jobs have, a page may be short all the same; `next` then goes on from there.
        """
        found: list[Job] = []
        for _ in range(_MOST_QUERIES):
            rows, after = await self._query(owner, status, after, limit + 1)
            found += [job for job in await self._full(rows) if status in (None, job.status)]
            if after is None or len(found) > limit:
                break
        if len(found) > limit:
            return Page(found[:limit], Position.of(found[limit - 1]))
        return Page(found, after)

    async def marks(self, job_ids: Sequence[str]) -> dict[str, Mark]:
        """The marks of those jobs that exist."""
        items = await self._batch(job_ids, projection="job_id, #status, attempt, pending")
        return {item["job_id"]["S"]: _mark(item) for item in items}

    async def _query(
        self, owner: str, status: JobStatus | None, after: Position | None, limit: int
    ) -> tuple[list[str], Position | None]:
        """Ids from the index, and where it goes on."""
        request: dict[str, Any] = {
            "KeyConditionExpression": "#owner = :owner",
            "ExpressionAttributeNames": {"#owner": "owner"},
            "ExpressionAttributeValues": {":owner": {"S": owner}},
            "Limit": limit,
        }
        if status is not None:
            request["FilterExpression"] = "#status = :status"
            request["ExpressionAttributeNames"]["#status"] = "status"
            request["ExpressionAttributeValues"][":status"] = {"S": status.value}
            request["Limit"] = _BATCH
        if after is not None:
            request["ExclusiveStartKey"] = {
                "owner": {"S": owner},
                "created_at": {"S": after.created_at},
                "job_id": {"S": after.job_id},
            }
        with translated("DynamoDB"):
            answer = await self._dynamodb.query(
                TableName=self._name, IndexName=BY_OWNER.name, ScanIndexForward=False, **request
            )
        last = answer.get("LastEvaluatedKey")
        position = Position(created_at=last["created_at"]["S"], job_id=last["job_id"]["S"]) if last else None
        return [item["job_id"]["S"] for item in answer["Items"]], position

    async def _full(self, job_ids: Sequence[str]) -> list[Job]:
        """The jobs of these ids, in their order. The index lags: a job may be gone, or have gone on."""
        jobs: dict[str, Job] = {}
        for start in range(0, len(job_ids), _WHOLE_JOBS):
            items = await self._batch(job_ids[start : start + _WHOLE_JOBS])
            jobs |= {item["job_id"]["S"]: from_item(item) for item in items}
        return [jobs[job_id] for job_id in job_ids if job_id in jobs]

    async def _batch(self, job_ids: Sequence[str], projection: str | None = None) -> list[Item]:
        items: list[Item] = []
        for start in range(0, len(job_ids), _BATCH):
            items += await self._batch_of_100(job_ids[start : start + _BATCH], projection)
        return items

    async def _batch_of_100(self, job_ids: Sequence[str], projection: str | None) -> list[Item]:
        wanted: KeysAndAttributesTypeDef = {"Keys": [key(job_id) for job_id in job_ids], "ConsistentRead": True}
        if projection:
            wanted["ProjectionExpression"] = projection
            wanted["ExpressionAttributeNames"] = {"#status": "status"}
        items: list[Item] = []
        for attempt in range(_BATCH_ATTEMPTS):
            with translated("DynamoDB"):
                answer = await self._dynamodb.batch_get_item(RequestItems={self._name: wanted})
            items += answer["Responses"].get(self._name, [])
            left = answer.get("UnprocessedKeys", {})
            if not left:
                return items
            wanted["Keys"] = left[self._name]["Keys"]
            await asyncio.sleep(_BATCH_PAUSE_SECONDS * 2**attempt)
        raise Unavailable("DynamoDB does not answer for all jobs now.")


def _mark(item: Item) -> Mark:
    return Mark(
        status=JobStatus(item["status"]["S"]),
        attempt=int(item["attempt"]["N"]),
        pending=len(item["pending"]["SS"]) if "pending" in item else 0,
    )
