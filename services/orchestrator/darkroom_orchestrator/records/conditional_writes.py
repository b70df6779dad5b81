"""Writing a job's item under a condition: the calls to DynamoDB behind `Change` and `Condition`."""

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


class BesideRefused(Exception):
    """The condition of an item beside the first one was not met; `found` is that item, empty if there is none."""

    def __init__(self, found: Item) -> None:
        super().__init__("a condition beside the item's own was not met")
        self.found = found


class ConditionalWrites:
    """Conditional writes to single items of one table, and to an item with others beside it.

    All methods raise Unavailable. While a transaction is at an item, writes of it are refused; such a write is repeated
    a few times.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    async def update(self, key: Item, change: Change, condition: Condition) -> Item | None:
        """Return the item after the change, or None when the condition was lost. It is for an item that is not there.

        The SDK repeats a call whose answer it did not get. Each call therefore leaves a token of its own:

            this call        writes token 7f… ── the answer is lost
            the SDK, again                        writes: refused, for the item has token 7f…, so this call has won
        """
        token = uuid4().hex
        change &= put(write_token=token)
        try:
            answer = await _out_of_conflict(
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
        self, key: Item, change: Change, condition: Condition, beside: "Sequence[TransactWriteItemTypeDef]"
    ) -> bool:
        """Change the item and write what is `beside` it, all or nothing; False when the condition was lost.

        Raises BesideRefused when only a condition of what is beside was lost. A repetition by the SDK carries the same
        token and does nothing again. A transaction does not tell how the item is after it.
        """
        change &= put(write_token=uuid4().hex)
        update = {"TableName": self._table, **_update(key, change, condition)}
        return await self._transact({"Update": update}, beside)  # type: ignore[typeddict-item]  # As UpdateItem takes it.

    async def delete_with(self, key: Item, condition: Condition, beside: "Sequence[TransactWriteItemTypeDef]") -> bool:
        """Delete the item and write what is `beside` it (see `update_with`). The condition has no values."""
        first: TransactWriteItemTypeDef = {
            "Delete": {
                "TableName": self._table,
                "Key": key,
                "ConditionExpression": condition.text,
                "ExpressionAttributeNames": _names(condition.text),
            }
        }
        return await self._transact(first, beside)

    async def _transact(self, first: "TransactWriteItemTypeDef", beside: "Sequence[TransactWriteItemTypeDef]") -> bool:
        try:
            await _out_of_conflict(lambda: self._client.transact_write_items(TransactItems=[first, *beside]))
        except ConditionFailed as error:
            if 0 in error.found:
                return False
            raise BesideRefused(error.found[min(error.found)]) from error
        return True


async def _out_of_conflict(call: Callable[[], Awaitable[T]]) -> T:
    """Make a call, again while a transaction is at one of its items. Raises Unavailable when that does not end."""
    for attempt in range(_TRIES - 1):
        with suppress(WriteConflict), writing():
            return await call()
        pause = _PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1)  # noqa: S311 - keeps writers out of step
        await asyncio.sleep(pause)
    with writing():
        return await call()


def _update(key: Item, change: Change, condition: Condition) -> dict[str, Any]:
    """What UpdateItem and the part `Update` of a transaction take."""
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
    """Every `#name` of the texts, for the attribute of that name."""
    return {f"#{name}": name for text in texts for name in re.findall(r"#(\w+)", text)}
