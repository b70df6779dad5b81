"""Reads the index of changes: which jobs of all owners have changed since a moment."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from darkroom import clock
from darkroom.runtime.aws import translated
from darkroom.tables.change_marks import change_buckets, job_of_entry, moment_of
from darkroom.tables.dynamodb import Item, serialized
from darkroom.topology import CHANGES

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

MOST_IN_A_BUCKET: Final = 2000
"""Changes that one read takes from each partition of the index, the latest ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JobChange:
    """The latest change of a job, or its deletion. It does not say what has changed."""

    job_id: str
    owner: str
    order: str
    """Moment of the change by the writer's clock, and a text that no other change has."""
    is_deletion: bool

    @classmethod
    def of(cls, entry: Item) -> Self:
        """Return the change that an entry of the index stands for."""
        job_id, is_deletion = job_of_entry(entry)
        return cls(
            job_id=job_id, owner=entry["owner"]["S"], order=entry[CHANGES.sort.name]["S"], is_deletion=is_deletion
        )

    @property
    def moment(self) -> datetime:
        """The moment of the change by the writer's clock."""
        return moment_of(self.order)


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Changes in no order. Those before `complete_since` may be missing."""

    found: Sequence[JobChange]
    complete_since: datetime


class ChangeReader:
    """Reads the index. It is eventually consistent: a change appears some milliseconds after its write, or later."""

    def __init__(self, client: "DynamoDBClient", jobs_table: str) -> None:
        self._client = client
        self._table = jobs_table

    async def __call__(self, since: datetime, until: datetime) -> Changes:
        """Return the changes since a moment. `until` is the present: later buckets are not read.

        Raises Unavailable. A partition with more than `MOST_IN_A_BUCKET` changes moves `complete_since` on.
        """
        buckets = change_buckets(since, until)
        pages = await asyncio.gather(*(self._page(bucket, since) for bucket in buckets))
        found = [change for page, _ in pages for change in page]
        cut = [page[-1].moment for page, is_cut in pages if is_cut]
        return Changes(found=found, complete_since=max([since, *cut]))

    async def _page(self, bucket: str, since: datetime) -> tuple[list[JobChange], bool]:
        with translated("DynamoDB"):
            answer = await self._client.query(
                TableName=self._table,
                IndexName=CHANGES.name,
                KeyConditionExpression=f"{CHANGES.partition.name} = :bucket AND {CHANGES.sort.name} >= :since",
                ExpressionAttributeValues=serialized({":bucket": bucket, ":since": clock.iso(since)}),
                ScanIndexForward=False,
                Limit=MOST_IN_A_BUCKET,
            )
        return [JobChange.of(entry) for entry in answer["Items"]], "LastEvaluatedKey" in answer
