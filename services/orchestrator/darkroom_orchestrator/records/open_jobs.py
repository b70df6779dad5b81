"""The index of open jobs by deadline: finds the jobs that are overdue, and moves their deadlines.

Each change is a single conditional write. A method returns the job after the change, or None if its condition was not
met. `conditions` explains each condition.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from darkroom.clock import Clock
from darkroom.jobs import OPEN, Job, JobStatus
from darkroom.runtime.aws import translated
from darkroom.tables.dynamodb import epoch, serialized
from darkroom.tables.job_item import from_item, key
from darkroom.topology import OPEN_BY_DEADLINE
from darkroom_orchestrator.records.changes import Change, put, remove
from darkroom_orchestrator.records.conditional_writes import ConditionalWrites
from darkroom_orchestrator.records.conditions import Condition, deadline_is, status_in, unchanged_since

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

WORK_PERIOD: Final = timedelta(minutes=5)
"""How long a queued or processing job may be without progress before the sweeper handles it."""
MOST_OVERDUE: Final = 25
"""Jobs of one shard that one sweep handles. A stopping process waits for its sweep, so it must be short."""

AT_WORK: Final = frozenset({JobStatus.QUEUED, JobStatus.PROCESSING})
ENDED: Final = frozenset(JobStatus) - OPEN


class OpenJobs:
    """Finds open jobs by their deadlines, for the sweeper. All methods raise Unavailable."""

    def __init__(
        self, client: "DynamoDBClient", table: str, *, now: Clock, work_period: timedelta = WORK_PERIOD
    ) -> None:
        self._client = client
        self._table = table
        self._writes = ConditionalWrites(client, table)
        self._now = now
        self.work_period = work_period
        """How long a queued or processing job may be without progress before it is overdue."""

    async def overdue(self, shard: int, moment: datetime) -> list[str]:
        """Return the IDs of up to `MOST_OVERDUE` jobs of one shard that are overdue, the longest overdue first."""
        with translated("DynamoDB"):
            answer = await self._client.query(
                TableName=self._table,
                IndexName=OPEN_BY_DEADLINE.name,
                KeyConditionExpression="open_shard = :shard AND deadline <= :moment",
                ExpressionAttributeValues=serialized({":shard": shard, ":moment": epoch(moment)}),
                ProjectionExpression="job_id",
                Limit=MOST_OVERDUE,
            )
        return [item["job_id"]["S"] for item in answer["Items"]]

    def is_idle(self, job: Job) -> bool:
        """Whether a job has been without progress for a period, whatever its deadline."""
        return job.updated_at + self.work_period <= self._now()

    async def postpone(self, job: Job) -> Job | None:
        """Give an open job another period: from now if it is idle, since its message may still wait in a queue.

        The period of a job that is not idle begins at its last progress, which did not move the deadline (see
        `JobStore.queue`).
        """
        since = self._now() if self.is_idle(job) or job.status not in AT_WORK else job.updated_at
        change = put(deadline=epoch(since + self.work_period))
        return await self._update(job, change, _still_overdue(job))

    async def redrive(self, job: Job) -> Job | None:
        """Give an open job another period, and count that its messages are sent again."""
        change = put(deadline=epoch(self._now() + self.work_period), redrives=job.redrives + 1)
        return await self._update(job, change, _still_overdue(job))

    async def leave_index(self, job: Job) -> None:
        """Remove an ended job whose event is published from the index. May be repeated."""
        await self._update(job, remove("open_shard", "deadline"), status_in(ENDED))

    async def _update(self, job: Job, change: Change, condition: Condition) -> Job | None:
        item = await self._writes.update(key(job.job_id), change, condition)
        return from_item(item) if item else None


def _still_overdue(job: Job) -> Condition:
    return status_in(OPEN) & deadline_is(job.deadline) & unchanged_since(job.updated_at)
