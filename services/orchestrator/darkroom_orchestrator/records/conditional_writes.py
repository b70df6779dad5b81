"""Writes an item under a condition: the calls to DynamoDB behind `Change` and `Condition`."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import uuid4

from darkroom.tables.dynamodb import ConditionFailed, Item, WriteConflict, serialized, writing
from darkroom_orchestrator.records.changes import Change, put
from darkroom_orchestrator.records.conditions import Condition

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

T = TypeVar("T")

_TRIES: Final = 6
_PAUSE_SECONDS: Final = 0.05


class OtherWriteRefused(Exception):
    """The condition of another write in the transaction was not met. `found` is its item, empty if there is none."""

    def __init__(self, found: Item) -> None:
        super().__init__("a condition of another write in the transaction was not met")
        self.found = found


class ConditionalWrites:
    """Writes single items of one table, or an item together with other writes.

    All methods raise Unavailable. DynamoDB refuses writes of an item while a transaction holds it. Such a write is
    repeated a few times.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def update(self, key: Item, change: Change, condition: Condition) -> Item | None:
        """Return the item after the change, or None if the condition was not met or there is no item.

        The SDK repeats a call whose answer is lost. So each call writes its own token:

            this call        writes token 7f… ── the answer is lost
            the SDK, again                        writes: refused; the item has token 7f…, so this call has won
        """
        token = uuid4().hex
        change &= put(write_token=token)
        try:
            answer = await _retried_in_conflict(
                lambda: self._client.update_item(
                    TableName=self._table,
                    **_update(key, change, condition),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            )
        except ConditionFailed as error:
            found = error.found[0]
            return found if found.get("write_token") == {"S": token} else None
        return answer["Attributes"]

    async def update_with(
        self, key: Item, change: Change, condition: Condition, other_writes: "Sequence[TransactWriteItemTypeDef]"
    ) -> bool:
        """Change the item and make the other writes, all or nothing. Return False if the condition was not met.

        Raises OtherWriteRefused if only the condition of another write was not met. If the SDK repeats the call, it
        sends the same token, and DynamoDB does nothing. A transaction does not return the item.
        """
        change &= put(write_token=uuid4().hex)
        update = {"TableName": self._table, **_update(key, change, condition)}
        return await self._transact({"Update": update}, other_writes)  # type: ignore[typeddict-item]  # As UpdateItem takes it.

    async def delete_with(
        self, key: Item, condition: Condition, other_writes: "Sequence[TransactWriteItemTypeDef]"
    ) -> bool:
        """Delete the item and make the other writes (see `update_with`). The condition has no values."""
        first: TransactWriteItemTypeDef = {
            "Delete": {
                "TableName": self._table,
                "Key": key,
                "ConditionExpression": condition.text,
                "ExpressionAttributeNames": _names(condition.text),
            }
        }
        return await self._transact(first, other_writes)

    async def _transact(
        self, first: "TransactWriteItemTypeDef", other_writes: "Sequence[TransactWriteItemTypeDef]"
    ) -> bool:
        try:
            await _retried_in_conflict(lambda: self._client.transact_write_items(TransactItems=[first, *other_writes]))
        except ConditionFailed as error:
            if 0 in error.found:
                return False
            raise OtherWriteRefused(error.found[min(error.found)]) from error
        return True


async def _retried_in_conflict(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call, and repeat it while a transaction holds one of its items. Raises Unavailable after the last try."""
    for attempt in range(_TRIES - 1):
        with suppress(WriteConflict), writing():
            return await call()
        pause = _PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1)  # noqa: S311 - keeps writers out of step
        await asyncio.sleep(pause)
    with writing():
        return await call()


def _update(key: Item, change: Change, condition: Condition) -> dict[str, Any]:
    """Return the arguments that UpdateItem and the `Update` of a transaction have in common."""
    values = {**change.all_values, **condition.values}
    return {
        "Key": key,
        "UpdateExpression": change.text,
        "ConditionExpression": condition.text,
        "ExpressionAttributeNames": {
            **_names(change.text, condition.text),
            **{f"#{placeholder}": name for placeholder, name in change.names.items()},
        },
        "ExpressionAttributeValues": serialized({f":{name}": value for name, value in values.items()}),
    }


def _names(*texts: str) -> dict[str, str]:
    """Map every `#name` in the texts to the attribute of that name."""
    return {f"#{name}": name for text in texts for name in re.findall(r"#(\w+)", text)}
