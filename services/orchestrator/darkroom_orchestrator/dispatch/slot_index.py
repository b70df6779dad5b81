"""The index of slots: which jobs of an owner are in flight, and which wait.

The index lags behind the table by some milliseconds, so it is nearly exact. Only the order of work depends on it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.jobs import SlotState
from darkroom.runtime.aws import translated
from darkroom.tables.dynamodb import Item, serialized
from darkroom.topology import BY_SLOT

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


@dataclass(frozen=True, kw_only=True)
class SlotEntry:
    """A queued or processing job, as the index holds it."""

    job_id: str
    order: str
    """The job's `slot_order`: its `SlotState`, then its time of creation."""
    slots: int
    """Number of slots that the job has or waits for."""

    @property
    def waits(self) -> bool:
        """Whether the job has not been sent yet."""
        return self.order.startswith(SlotState.WAITING)


class SlotIndex:
    """Reads the index. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def last(self, owner: str, *, most: int) -> list[SlotEntry]:
        """Return at most `most` jobs of an owner: first the waiting ones, then those that were sent."""
        return await self._query(owner, "", most=most, forward=False)

    async def waiting(self, owner: str, *, most: int) -> list[SlotEntry]:
        """Return at most `most` waiting jobs of an owner, the oldest first."""
        return await self._query(owner, SlotState.WAITING, most=most, forward=True)

    async def sent(self, owner: str, *, most: int) -> list[SlotEntry]:
        """Return at most `most` jobs of an owner whose tasks were sent."""
        return await self._query(owner, SlotState.SENT, most=most, forward=True)

    async def _query(self, owner: str, prefix: str, *, most: int, forward: bool) -> list[SlotEntry]:
        condition, values = "slot_owner = :owner", {":owner": owner}
        if prefix:
            condition, values = f"{condition} AND begins_with(slot_order, :prefix)", {**values, ":prefix": prefix}
        with translated("DynamoDB"):
            answer = await self._client.query(
                TableName=self._table,
                IndexName=BY_SLOT.name,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=serialized(values),
                ScanIndexForward=forward,
                Limit=most,
            )
        return [_entry(item) for item in answer["Items"]]


def _entry(item: Item) -> SlotEntry:
    return SlotEntry(job_id=item["job_id"]["S"], order=item["slot_order"]["S"], slots=int(item["slot_count"]["N"]))
