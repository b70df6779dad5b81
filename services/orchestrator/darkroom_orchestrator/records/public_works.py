"""Work on public copies in the jobs table: one item for each job that has such work.

A job may be published only while no withdrawal of it is recorded, and each withdrawal begins in the transaction that
ends the publication. So a process that still copies results has read the job before the withdrawal began (see
`Withdraw`).
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from darkroom.clock import Clock
from darkroom.jobs import Job
from darkroom.public_copies import public_copies
from darkroom.tables.dynamodb import ConditionFailed, Item, epoch, is_written, read_item, serialized, writing
from darkroom.tables.public_work_item import (
    PublicWork,
    PublicWorkKind,
    public_work_item,
    public_work_key,
    public_work_of,
)

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

_SAME: Final = "#token = :token"
"""The work is still the one that was read."""
_NAMES: Final = {"#token": "token"}


class PublicWorks:
    """Records work on public copies. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", jobs_table: str, *, now: Clock, period: timedelta) -> None:
        self._client = client
        self._table = jobs_table
        self._now = now
        self.period = period
        """How long the sweeper leaves a piece of work to the process that began it."""

    async def get(self, job_id: str) -> PublicWork | None:
        """Return the work on a job's copies, or None if there is none."""
        item = await read_item(self._client, self._table, public_work_key(job_id))
        return public_work_of(item) if item else None

    async def begin_publishing(self, job_id: str) -> PublicWork | None:
        """Record that an ended job is to be published. Return None if other work is recorded already."""
        work = self._work(job_id, PublicWorkKind.PUBLISH)
        try:
            with writing():
                await self._client.put_item(
                    TableName=self._table,
                    Item=public_work_item(work),
                    ConditionExpression="attribute_not_exists(job_id)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailed as error:
            # The SDK repeats a call whose answer is lost.
            return work if error.found[0].get("token") == {"S": work.token} else None
        return work

    def withdrawal_of(self, job: Job) -> "TransactWriteItemTypeDef":
        """Return the part of a transaction that begins the withdrawal of a job, in place of any other work on it."""
        keys = frozenset(public_copies(job) if job.public_bytes else ())
        return {"Put": {"TableName": self._table, "Item": public_work_item(self._withdrawal(job.job_id, keys))}}

    async def withdraw_instead(self, work: PublicWork) -> bool:
        """Turn work into a withdrawal: its job cannot be published. Return False if the work has changed."""
        return await self._replace(work, self._withdrawal(work.job_id, work.keys))

    async def publish_instead(self, work: PublicWork) -> bool:
        """Turn a withdrawal that is done into the publication of the same job. Return False if it has changed."""
        return await self._replace(work, self._work(work.job_id, PublicWorkKind.PUBLISH))

    async def publish_afterwards(self, work: PublicWork) -> bool:
        """Let a withdrawal be followed by a publication. Return False if the withdrawal is over."""
        return await self._update(work, "SET then_publish = :value", {":value": True})

    async def stay_withdrawn(self, work: PublicWork) -> bool:
        """Let a withdrawal be followed by nothing. Return False if it is over."""
        return await self._update(work, "REMOVE then_publish", {})

    async def note_invalidation(self, work: PublicWork, invalidation: str) -> bool:
        """Record the CDN's id of the invalidation, and give the work another period."""
        values = {":id": invalidation, ":deadline": epoch(self._now() + self.period)}
        return await self._update(work, "SET invalidation = :id, deadline = :deadline", values)

    async def postpone(self, work: PublicWork) -> bool:
        """Give the work another period."""
        return await self._update(work, "SET deadline = :deadline", {":deadline": epoch(self._now() + self.period)})

    def is_due(self, work: PublicWork) -> bool:
        """Whether a period has passed since the work began."""
        return work.began_at + self.period <= self._now()

    def none_write(self, job_id: str) -> "TransactWriteItemTypeDef":
        """Return the part of a transaction that requires that no work is recorded."""
        return {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": public_work_key(job_id),
                "ConditionExpression": "attribute_not_exists(job_id)",
            }
        }

    def end_write(self, work: PublicWork) -> "TransactWriteItemTypeDef":
        """Return the part of a transaction that ends this piece of work."""
        return {
            "Delete": {
                "TableName": self._table,
                "Key": public_work_key(work.job_id),
                "ConditionExpression": _SAME,
                "ExpressionAttributeNames": _NAMES,
                "ExpressionAttributeValues": {":token": {"S": work.token}},
            }
        }

    async def end(self, work: PublicWork) -> bool:
        """End a withdrawal that is done and is not followed by a publication. Return False if it has changed."""
        return await is_written(
            self._client.delete_item(
                TableName=self._table,
                Key=public_work_key(work.job_id),
                ConditionExpression=f"{_SAME} AND attribute_not_exists(then_publish)",
                ExpressionAttributeNames=_NAMES,
                ExpressionAttributeValues={":token": {"S": work.token}},
            )
        )

    def _withdrawal(self, job_id: str, keys: frozenset[str]) -> PublicWork:
        return self._work(job_id, PublicWorkKind.WITHDRAW, keys)

    def _work(self, job_id: str, kind: PublicWorkKind, keys: frozenset[str] = frozenset()) -> PublicWork:
        now = self._now()
        return PublicWork(
            job_id=job_id, kind=kind, token=uuid4().hex, began_at=now, deadline=now + self.period, keys=keys
        )

    async def _replace(self, work: PublicWork, other: PublicWork) -> bool:
        return await is_written(
            self._client.put_item(
                TableName=self._table,
                Item=public_work_item(other),
                ConditionExpression=_SAME,
                ExpressionAttributeNames=_NAMES,
                ExpressionAttributeValues={":token": {"S": work.token}},
            )
        )

    async def _update(self, work: PublicWork, expression: str, values: Item) -> bool:
        return await is_written(
            self._client.update_item(
                TableName=self._table,
                Key=public_work_key(work.job_id),
                UpdateExpression=expression,
                ConditionExpression=_SAME,
                ExpressionAttributeNames=_NAMES,
                ExpressionAttributeValues={**serialized(values), ":token": {"S": work.token}},
            )
        )
