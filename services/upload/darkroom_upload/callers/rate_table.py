"""Rates in the accounts table: a bucket for each caller, under `rate#<caller>#<rate>`, which all tasks take from.

The rate is part of the name since the item's moment has a meaning for this rate only: a caller who gets another one
begins with a full bucket.

The item holds the moment at which the bucket is full again. Taking a token is one conditional write of one of two
kinds, for DynamoDB has no `max`:

    the bucket is full       full_at = now + interval        if there is no item, or full_at <= now
    it is not                full_at = full_at + interval    if now < full_at <= the latest that leaves a token

Which of them it is, is guessed from what this task has seen last. A write that was refused tells the item as it is, and
so whether to try the other or to turn the request away. The moment only ever grows, so that a caller whom the last one
seen turns away can be turned away again without asking the table: a flood costs no writes.

A call that the SDK repeats because its answer was lost takes a second token. It can never put one back.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from darkroom.accounts.allowances import Rate
from darkroom.tables.dynamodb import ConditionFailed, writing
from darkroom_upload.callers.rate_limit_fields import LimitState, Policy
from darkroom_upload.callers.token_bucket import MICROSECONDS, TokenBucket

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_KEPT_SECONDS: Final = 60 * 60
"""How long an item stays after its bucket is full. Without an item a bucket is full too."""
_REMEMBERED: Final = 4096

_FILL_FROM_NOW: Final = "SET full_at = :now + :interval, expires_at = :gone"
_FILL_ON: Final = "SET full_at = full_at + :interval, expires_at = :gone"
_IF_FULL: Final = "attribute_not_exists(full_at) OR full_at <= :now"
_IF_NOT_EMPTY: Final = "full_at > :now AND full_at <= :latest"


class RateTable:
    """Takes tokens."""

    def __init__(
        self, client: "DynamoDBClient", accounts_table: str, *, microseconds: Callable[[], int] | None = None
    ) -> None:
        self._client = client
        self._table = accounts_table
        self._now = microseconds or _microseconds
        self._seen: dict[str, int] = {}

    async def take(self, counted_as: str, rate: Rate) -> LimitState:
        """Take a token, if there is one. Raises Unavailable."""
        bucket, now = TokenBucket.of(rate), self._now()
        name = f"rate#{counted_as}#{bucket.size}x{bucket.interval}"
        full_at, taken = self._seen.get(name, 0), False
        while not taken and full_at <= bucket.latest(now):
            full_at, taken = await self._try(name, bucket, now, was_full=full_at <= now)
        self._see(name, full_at)
        return LimitState(
            policy=Policy.REQUESTS,
            quota=bucket.size,
            window=bucket.seconds,
            remaining=bucket.tokens(full_at, now) if taken else 0,
            resets_in=bucket.seconds_to_full(full_at, now),
            retry_after=0 if taken else bucket.seconds_to_token(full_at, now),
        )

    async def _try(self, name: str, bucket: TokenBucket, now: int, *, was_full: bool) -> tuple[int, bool]:
        """When the bucket is full again, and whether a token was taken."""
        values = {":now": now, ":interval": bucket.interval, ":gone": _gone(bucket, now)}
        values |= {} if was_full else {":latest": bucket.latest(now)}
        try:
            with writing():
                answer = await self._client.update_item(
                    TableName=self._table,
                    Key={"id": {"S": name}},
                    UpdateExpression=_FILL_FROM_NOW if was_full else _FILL_ON,
                    ConditionExpression=_IF_FULL if was_full else _IF_NOT_EMPTY,
                    ExpressionAttributeValues={name: {"N": str(value)} for name, value in values.items()},
                    ReturnValues="UPDATED_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailed as error:
            return _full_at(error.found[0]), False
        return _full_at(answer["Attributes"]), True

    def _see(self, name: str, full_at: int) -> None:
        """The one seen longest ago is forgotten first; to forget costs a write, and changes no verdict."""
        full_at = max(full_at, self._seen.pop(name, 0))
        if len(self._seen) >= _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._seen[name] = full_at


def _full_at(item: Any) -> int:
    """0, when it was always full, for an item that has expired."""
    return int(item["full_at"]["N"]) if "full_at" in item else 0


def _gone(bucket: TokenBucket, now: int) -> int:
    """When nothing is lost with the item, in seconds since 1970."""
    return now // MICROSECONDS + bucket.seconds + _KEPT_SECONDS


def _microseconds() -> int:
    return time.time_ns() // 1000
