"""What all adapters of DynamoDB share: items in its notation, conditional writes and reads of whole items.

A lost condition is a normal branch, so it is never an error of the AWS SDK here:

    await is_written(client.put_item(…))    True, or False if the condition was not met
    with writing(): …                       raises ConditionFailed, which has the item as it is

Both raise WriteConflict, a kind of Unavailable, while a transaction holds the item. Every other refusal is left as the
SDK raises it.
"""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from darkroom.errors import Unavailable
from darkroom.runtime.aws import error_code, translated

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import KeysAndAttributesTypeDef

Item = dict[str, Any]
"""An item in DynamoDB's own notation, `{"name": {"S": "value"}}`."""

_SERIALIZE: Final = TypeSerializer().serialize
_DESERIALIZE: Final = TypeDeserializer().deserialize

_CONDITION_NOT_MET: Final = "ConditionalCheckFailed"
_BUSY: Final = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"})
"""Codes of cancelled transactions that can succeed when they are sent again."""

MOST_ITEMS: Final = 100
"""Most items that `read_items` can read."""
_TRIES: Final = 6
_PAUSE_SECONDS: Final = 0.05
"""Pause after the first try. Each further pause is twice as long as the one before."""


class ConditionFailed(Exception):
    """The condition of a write, or of some parts of a transaction, was not met. Nothing was written.

    `found` has, for each such part, the item as it is: empty if there is none, or if the write does not ask for it by
    `ReturnValuesOnConditionCheckFailure`. Parts count from 0. A write of one item is part 0.
    """

    def __init__(self, found: Mapping[int, Item]) -> None:
        super().__init__(f"conditions not met in parts: {sorted(found)}")
        self.found = found


class WriteConflict(Unavailable):
    """Another write holds the item. The same write can succeed in a moment."""


def serialized(values: Mapping[str, Any]) -> Item:
    """Return plain values in DynamoDB's notation. None is left out, since an index cannot hold it."""
    return {name: _SERIALIZE(value) for name, value in values.items() if value is not None}


def deserialized(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain values of an item."""
    return {name: _DESERIALIZE(value) for name, value in item.items()}


def epoch(moment: datetime) -> int:
    """Return seconds since 1970, as DynamoDB's TTL and the index of deadlines want them."""
    return int(moment.timestamp())


async def is_written(write: Awaitable[object]) -> bool:
    """Await a conditional write, or a transaction. Return False if a condition was not met. Raises Unavailable."""
    try:
        with writing():
            await write
    except ConditionFailed:
        return False
    return True


@contextmanager
def writing() -> Iterator[None]:
    """Raise ConditionFailed and WriteConflict for these refusals of a write, and Unavailable as `translated` does."""
    with translated("DynamoDB"):
        try:
            yield
        except ClientError as error:
            if refusal := _refusal(error):
                raise refusal from error
            raise


def _refusal(error: ClientError) -> ConditionFailed | WriteConflict | None:
    # botocore's stub does not know the members of these two errors.
    answer: Mapping[str, Any] = error.response
    if error_code(error) == "ConditionalCheckFailedException":
        return ConditionFailed({0: answer.get("Item", {})})
    reasons = [(reason.get("Code"), reason.get("Item", {})) for reason in answer.get("CancellationReasons", [])]
    found = {number: item for number, (code, item) in enumerate(reasons) if code == _CONDITION_NOT_MET}
    if found:
        return ConditionFailed(found)
    if error_code(error) == "TransactionConflictException" or any(code in _BUSY for code, _ in reasons):
        return WriteConflict("DynamoDB is busy with another write of the same item. Try again.")
    return None


async def read_item(client: "DynamoDBClient", table: str, key: Item) -> Item | None:
    """Return an item (a consistent read), or None if there is none. Raises Unavailable."""
    with translated("DynamoDB"):
        answer = await client.get_item(TableName=table, Key=key, ConsistentRead=True)
    return answer.get("Item")


async def read_items(
    client: "DynamoDBClient",
    table: str,
    keys: Sequence[Item],
    *,
    projection: str | None = None,
    names: Mapping[str, str] | None = None,
) -> list[Item]:
    """Return those of up to 100 items that exist, in no order (consistent reads).

    `projection` is a projection expression, `names` the attribute names that its placeholders stand for. DynamoDB may
    leave keys over, which are asked for again. Raises Unavailable if some are left over after the last try.
    """
    wanted: KeysAndAttributesTypeDef = {"Keys": keys, "ConsistentRead": True}
    if projection:
        wanted["ProjectionExpression"] = projection
    if names:
        wanted["ExpressionAttributeNames"] = names
    items: list[Item] = []
    for attempt in range(_TRIES):
        with translated("DynamoDB"):
            answer = await client.batch_get_item(RequestItems={table: wanted})
        items += answer["Responses"].get(table, [])
        left = answer.get("UnprocessedKeys", {})
        if not left:
            return items
        wanted["Keys"] = left[table]["Keys"]
        await asyncio.sleep(_PAUSE_SECONDS * 2**attempt)
    raise Unavailable("DynamoDB does not answer for all items now. Try again.")
