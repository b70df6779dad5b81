"""Attempts to log in, counted in the accounts table so that the count holds for all tasks together.

An item for each subject and window of time, `attempts#<guard>#<subject>#<window>`, which DynamoDB removes when the
window is long over. To count is one conditional write, which also is the check: parallel attempts cannot slip past it.
A write that the SDK repeats counts twice, which costs somebody one attempt and nobody more.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from darkroom.runtime.aws import translated
from darkroom.tables.dynamodb import Item, is_written, serialized
from darkroom.topology import DAY_SECONDS

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_ACQUAINTED_SECONDS: Final = 30 * DAY_SECONDS
_UNLESS_TOO_MANY: Final = "attribute_not_exists(attempts) OR attempts < :most"


@dataclass(frozen=True, kw_only=True)
class AttemptLimit:
    """How many attempts there may be of one subject in a window of time."""

    name: str
    most: int
    window_seconds: int


class LoginAttempts:
    """Counts attempts, and knows from which addresses users have logged in before. All methods raise Unavailable."""

    def __init__(
        self, client: "DynamoDBClient", accounts_table: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._client = client
        self._table = accounts_table
        self._clock = clock

    async def count(self, guard: AttemptLimit, *subject: str) -> int:
        """Count an attempt. Returns 0, or the seconds until the next one is taken if this one was one too many."""
        now = int(self._clock())
        window = now // guard.window_seconds
        ends = (window + 1) * guard.window_seconds
        counted = await is_written(
            self._client.update_item(
                TableName=self._table,
                Key=_key(guard, subject, window),
                UpdateExpression="SET expires_at = :gone ADD attempts :one",
                ConditionExpression=_UNLESS_TOO_MANY,
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":most": {"N": str(guard.most)},
                    ":gone": {"N": str(ends + guard.window_seconds)},
                },
            )
        )
        return 0 if counted else ends - now

    async def forget(self, guard: AttemptLimit, *subject: str) -> None:
        """Begin to count anew. The item stays until its window is over: the service deletes nothing."""
        window = int(self._clock()) // guard.window_seconds
        with translated("DynamoDB"):
            await self._client.update_item(
                TableName=self._table,
                Key=_key(guard, subject, window),
                UpdateExpression="SET expires_at = :gone, attempts = :none",
                ExpressionAttributeValues={
                    ":none": {"N": "0"},
                    ":gone": {"N": str((window + 2) * guard.window_seconds)},
                },
            )

    async def acquaint(self, user: str, address: str) -> None:
        """Remember for 30 days that the user has logged in from that address."""
        until = int(self._clock()) + _ACQUAINTED_SECONDS
        item = serialized({"id": f"acquainted#{_hash(user, address)}", "expires_at": until})
        with translated("DynamoDB"):
            await self._client.put_item(TableName=self._table, Item=item)

    async def are_acquainted(self, user: str, address: str) -> bool:
        """Whether the user has logged in from that address of late."""
        with translated("DynamoDB"):
            answer = await self._client.get_item(
                TableName=self._table, Key={"id": {"S": f"acquainted#{_hash(user, address)}"}}
            )
        return int(answer.get("Item", {}).get("expires_at", {}).get("N", "0")) > self._clock()


def _key(guard: AttemptLimit, subject: tuple[str, ...], window: int) -> Item:
    return {"id": {"S": f"attempts#{guard.name}#{_hash(*subject)}#{window}"}}


def _hash(*subject: str) -> str:
    """Of fixed length, and no record of what people typed where a name was asked for."""
    return hashlib.sha256("\0".join(subject).encode("utf-8", "surrogatepass")).hexdigest()
