"""Rates in the accounts table: a token bucket for each caller and rate, `rate#<caller>#<rate>`, shared by all tasks.

The key contains the rate because the stored moment has a meaning for one rate only. A caller who gets another rate
begins with a full bucket.

The item holds the moment at which the bucket is full again. Taking a token is one conditional write of one of two
kinds, because DynamoDB has no `max`:

    the bucket is full        full_at = now + interval        if there is no item, or full_at <= now
    the bucket is not full    full_at = full_at + interval    if now < full_at <= the latest moment that leaves a token

The task guesses the kind from what it has seen last. A refused write returns the item, which tells whether to try the
other kind or to refuse the request. The moment only grows, so a request that the last seen moment refuses needs no
write: a flood costs no calls.

A call that the SDK repeats because its answer was lost takes a second token. It can never put one back.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from darkroom.accounts.allowances import Rate
from darkroom.tables.dynamodb import ConditionFailed, Item, writing
from darkroom_upload.callers.rate_limit_fields import LimitState, Policy
from darkroom_upload.callers.token_bucket import MICROSECONDS, TokenBucket

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_KEPT_SECONDS: Final = 60 * 60
"""How long an item stays after its bucket is full. A missing item means a full bucket."""
_REMEMBERED: Final = 4096
"""Buckets that a task remembers."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_FILL_FROM_NOW: Final = "SET full_at = :now + :interval, expires_at = :gone"
_FILL_ON: Final = "SET full_at = full_at + :interval, expires_at = :gone"
_IF_FULL: Final = "attribute_not_exists(full_at) OR full_at <= :now"
_IF_NOT_EMPTY: Final = "full_at > :now AND full_at <= :latest"


class RateTable:
    """Takes tokens from the buckets."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str, *, now: Callable[[], datetime]) -> None:
        self._client = client
        self._table = accounts_table
        self._now = now
        self._seen: dict[str, int] = {}

    async def take(self, counted_as: str, rate: Rate) -> LimitState:
        """Take a token if there is one, and return the state of the limit. Raises Unavailable."""
        bucket, now = TokenBucket.of(rate), (self._now() - _EPOCH) // timedelta(microseconds=1)
        name = f"rate#{counted_as}#{bucket.size}x{bucket.interval}"
        full_at, is_taken = self._seen.get(name, 0), False
        while not is_taken and full_at <= bucket.latest(now):
            full_at, is_taken = await self._try(name, bucket, now, was_full=full_at <= now)
        self._remember(name, full_at)
        return LimitState(
            policy=Policy.REQUESTS,
            quota=bucket.size,
            window=bucket.seconds,
            remaining=bucket.tokens(full_at, now) if is_taken else 0,
            resets_in=bucket.seconds_to_full(full_at, now),
            retry_after=0 if is_taken else bucket.seconds_to_token(full_at, now),
        )

    async def _try(self, name: str, bucket: TokenBucket, now: int, *, was_full: bool) -> tuple[int, bool]:
        """Try one kind of write. Return when the bucket is full again, and whether a token was taken."""
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

    def _remember(self, name: str, full_at: int) -> None:
        """Remember a bucket. A full memory forgets the bucket seen longest ago, which costs a write later, no more."""
        full_at = max(full_at, self._seen.pop(name, 0))
        if len(self._seen) >= _REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._seen[name] = full_at


def _full_at(item: Item) -> int:
    """Return the stored moment; 0 for an item that has expired, as its bucket is full."""
    return int(item["full_at"]["N"]) if "full_at" in item else 0


def _gone(bucket: TokenBucket, now: int) -> int:
    """Return the second since 1970 from which on the item may be removed."""
    return now // MICROSECONDS + bucket.seconds + _KEPT_SECONDS
