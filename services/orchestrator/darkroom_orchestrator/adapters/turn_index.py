"""The index of turns: which jobs of an owner are in flight, and which wait.

It lags behind the table by some milliseconds. What it says is therefore close rather than exact, and nothing but the
order of work depends on it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from darkroom.jobs import Turn
from darkroom.runtime.aws import translated
from darkroom.tables.dynamodb import Item, serialized
from darkroom.topology import BY_TURN

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A job at work, as the index has it."""

    job_id: str
    turn: str
    """As in the item: its `Turn`, and its place among those of the same turn."""
    tasks: int

    @property
    def waits(self) -> bool:
        """Whether the job has not been sent yet."""
        return self.turn.startswith(Turn.WAITING)


class TurnIndex:
    """Reads the index. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def last(self, owner: str, *, most: int) -> list[Entry]:
        """Up to so many of an owner's jobs at work, those that wait before those that were sent."""
        return await self._query(owner, "", most=most, forward=False)

    async def waiting(self, owner: str, *, most: int) -> list[Entry]:
        """An owner's jobs that wait, the oldest first."""
        return await self._query(owner, Turn.WAITING, most=most, forward=True)

    async def sent(self, owner: str, *, most: int) -> list[Entry]:
        """An owner's jobs that were sent."""
        return await self._query(owner, Turn.SENT, most=most, forward=True)

    async def _query(self, owner: str, prefix: str, *, most: int, forward: bool) -> list[Entry]:
        condition, values = "turn_of = :owner", {":owner": owner}
        if prefix:
            condition, values = f"{condition} AND begins_with(turn, :prefix)", {**values, ":prefix": prefix}
        with translated("DynamoDB"):
            answer = await self._client.query(
                TableName=self._table,
                IndexName=BY_TURN.name,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=serialized(values),
                ScanIndexForward=forward,
                Limit=most,
            )
        return [_entry(item) for item in answer["Items"]]


def _entry(item: Item) -> Entry:
    return Entry(job_id=item["job_id"]["S"], turn=item["turn"]["S"], tasks=int(item["tasks"]["N"]))
