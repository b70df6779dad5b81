"""Reads many items of a DynamoDB table by their keys, in one request if the table answers for all at once."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from darkroom.errors import Unavailable
from darkroom.runtime.aws import translated
from darkroom.tables.dynamodb import Item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import KeysAndAttributesTypeDef

_TRIES: Final = 6
_PAUSE_SECONDS: Final = 0.05
"""Pause after the first try. Each further pause is twice as long as the one before."""


async def read_batch(
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
    raise Unavailable("DynamoDB does not answer for all items now.")
