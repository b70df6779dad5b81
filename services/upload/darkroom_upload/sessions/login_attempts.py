"""Attempts to log in, counted in the accounts table so that one count holds for all tasks.

Each subject has an item for each window of time, `attempts#<limit>#<subject>#<window>`. DynamoDB removes it when the
window is long over. One conditional write both checks and counts: parallel attempts cannot get past the limit. A write
that the SDK repeats counts twice and costs that subject one attempt.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from darkroom.runtime.aws import translated
from darkroom.tables.dynamodb import Item, is_written, serialized
from darkroom.topology import DAY_SECONDS

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_KNOWN_SECONDS: Final = 30 * DAY_SECONDS
_IF_BELOW_LIMIT: Final = "attribute_not_exists(attempts) OR attempts < :most"


@dataclass(frozen=True, kw_only=True)
class AttemptLimit:
    """How many attempts a subject has in each window of time."""

    name: str
    most: int
    window_seconds: int


class LoginAttempts:
    """Counts attempts, and remembers the addresses at which users have logged in. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str, *, now: Callable[[], datetime]) -> None:
        self._client = client
        self._table = accounts_table
        self._now = now

    async def count(self, limit: AttemptLimit, *subject: str) -> int:
        """Count an attempt. Return 0, or if it is over the limit the seconds until the next attempt."""
        now = self._seconds()
        window = now // limit.window_seconds
        ends = (window + 1) * limit.window_seconds
        is_counted = await is_written(
            self._client.update_item(
                TableName=self._table,
                Key=_key(limit, subject, window),
                UpdateExpression="SET expires_at = :gone ADD attempts :one",
                ConditionExpression=_IF_BELOW_LIMIT,
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":most": {"N": str(limit.most)},
                    ":gone": {"N": str(ends + limit.window_seconds)},
                },
            )
        )
        return 0 if is_counted else ends - now

    async def reset(self, limit: AttemptLimit, *subject: str) -> None:
        """Set the count to 0. The item stays until its window is over: the service may delete nothing."""
        window = self._seconds() // limit.window_seconds
        with translated("DynamoDB"):
            await self._client.update_item(
                TableName=self._table,
                Key=_key(limit, subject, window),
                UpdateExpression="SET expires_at = :gone, attempts = :none",
                ExpressionAttributeValues={
                    ":none": {"N": "0"},
                    ":gone": {"N": str((window + 2) * limit.window_seconds)},
                },
            )

    async def remember_address(self, user: str, address: str) -> None:
        """Remember for 30 days that the user has logged in from that address."""
        item = serialized({"id": _address_id(user, address), "expires_at": self._seconds() + _KNOWN_SECONDS})
        with translated("DynamoDB"):
            await self._client.put_item(TableName=self._table, Item=item)

    async def is_known_address(self, user: str, address: str) -> bool:
        """Say whether the user has logged in from that address within the last 30 days."""
        with translated("DynamoDB"):
            answer = await self._client.get_item(TableName=self._table, Key={"id": {"S": _address_id(user, address)}})
        return int(answer.get("Item", {}).get("expires_at", {}).get("N", "0")) > self._now().timestamp()

    def _seconds(self) -> int:
        return int(self._now().timestamp())


def _key(limit: AttemptLimit, subject: tuple[str, ...], window: int) -> Item:
    return {"id": {"S": f"attempts#{limit.name}#{_hash(*subject)}#{window}"}}


def _address_id(user: str, address: str) -> str:
    return f"known-address#{_hash(user, address)}"


def _hash(*subject: str) -> str:
    """Hash a subject to a fixed length, and keep no record of what people typed as a name."""
    return hashlib.sha256("\0".join(subject).encode("utf-8", "surrogatepass")).hexdigest()
