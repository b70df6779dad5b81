"""Writes presets: each change is one transaction on the preset's history, so that no change is lost.

Two requests may put a preset at the same time. Both have read the same history, and only one meets its condition. The
other reads the history again and takes the next number.
"""

import asyncio
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from darkroom.clock import Clock
from darkroom.errors import Conflict, Unavailable
from darkroom.limits import MAX_PRESETS
from darkroom.recipes.owned_presets import PresetHistory, PresetVersion
from darkroom.runtime.aws import translated
from darkroom.tables.dynamodb import ConditionFailed, Item, WriteConflict, serialized, writing
from darkroom.tables.preset_item import (
    LISTED,
    emptied_version_item,
    history_item,
    list_key,
    listed,
    version_item,
)

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

_HISTORY: Final = 0
"""Number of the part of each transaction that has the condition on the history."""
_LIST: Final = 2
"""Number of the part that counts a new preset, if one is added."""
_TRIES: Final = 12
_PAUSE_SECONDS: Final = 0.05
_LONGEST_PAUSE_SECONDS: Final = 0.8


class PresetWrites:
    """Adds versions and deletes presets. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str, *, now: Clock) -> None:
        self._client = client
        self._table = accounts_table
        self._now = now

    async def add(self, owner: str, version: PresetVersion, *, after: PresetHistory | None) -> bool:
        """Write a version, which becomes the newest. Return False if the history is not `after` any more.

        Raises Conflict if this is one preset more than an owner may have.
        """
        if after is None or after.is_deleted:
            history, extra = PresetHistory.begin(owner, version), 1
        else:
            created = (*after.created, version.created_at)
            history, extra = replace(after, digest=version.digest, created=created), 0
        entry = listed(version.number, version.created_at)
        try:
            return await self._transact(
                [
                    self._history_write(history, after=after),
                    {
                        "Put": {
                            "TableName": self._table,
                            "Item": version_item(owner, version),
                            "ConditionExpression": "attribute_not_exists(id)",
                        }
                    },
                    self._listing(owner, version.name, entry, extra=extra),
                ]
            )
        except ConditionFailed as error:
            if error.found.keys() != {_LIST}:
                raise
            raise Conflict(
                f"You have {MAX_PRESETS} presets, the most that an owner can have. Delete one to make room.",
                limit=MAX_PRESETS,
            ) from error

    async def delete(self, history: PresetHistory) -> bool:
        """Mark a preset as deleted and take it off the list. Return False if the history has changed meanwhile.

        Its versions are still stored. `clear` empties them.
        """
        deleted = replace(history, is_deleted=True)
        return await self._transact(
            [self._history_write(deleted, after=history), self._unlisting(history.owner, history.name)]
        )

    async def clear(self, history: PresetHistory) -> None:
        """Empty the stored versions of a deleted preset, and note that they are gone. May be repeated."""
        owner, name, moment = history.owner, history.name, self._now()
        emptied = [emptied_version_item(owner, name, number, moment) for number in history.numbers]
        with translated("DynamoDB"):
            await asyncio.gather(*(self._client.put_item(TableName=self._table, Item=item) for item in emptied))
        cleared = replace(history, first=history.latest + 1, created=())
        await self._transact([self._history_write(cleared, after=history)])

    def _history_write(self, history: PresetHistory, *, after: PresetHistory | None) -> "TransactWriteItemTypeDef":
        """Return the write of a history, on the condition that it still is `after`."""
        if after is None:
            condition, values = "attribute_not_exists(id)", {}
        else:
            exists = "attribute_exists" if after.is_deleted else "attribute_not_exists"
            condition, values = f"latest = :latest AND {exists}(deleted)", serialized({":latest": after.latest})
        put: TransactWriteItemTypeDef = {
            "Put": {"TableName": self._table, "Item": history_item(history), "ConditionExpression": condition}
        }
        if values:
            put["Put"]["ExpressionAttributeValues"] = values
        return put

    def _listing(self, owner: str, name: str, entry: str, *, extra: int) -> "TransactWriteItemTypeDef":
        """Return the write that lists a version as the newest one. `extra` is 1 for a preset that is not listed."""
        values: Item = {":entry": {"S": entry}}
        if extra:
            values |= {":one": {"N": "1"}, ":none": {"N": "0"}, ":most": {"N": str(MAX_PRESETS)}}
        changes = "#listed = :entry" + (", presets = if_not_exists(presets, :none) + :one" if extra else "")
        update: TransactWriteItemTypeDef = {
            "Update": {
                "TableName": self._table,
                "Key": list_key(owner),
                "UpdateExpression": f"SET {changes}",
                "ExpressionAttributeNames": {"#listed": LISTED + name},
                "ExpressionAttributeValues": values,
            }
        }
        if extra:
            update["Update"]["ConditionExpression"] = "attribute_not_exists(presets) OR presets < :most"
        return update

    def _unlisting(self, owner: str, name: str) -> "TransactWriteItemTypeDef":
        return {
            "Update": {
                "TableName": self._table,
                "Key": list_key(owner),
                "UpdateExpression": "REMOVE #listed SET presets = presets - :one",
                "ExpressionAttributeNames": {"#listed": LISTED + name},
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
        }

    async def _transact(self, parts: "list[TransactWriteItemTypeDef]") -> bool:
        """Write all parts or none. Return False if the history has changed.

        Raises ConditionFailed if only another condition was not met, and Unavailable.
        """
        for attempt in range(_TRIES):
            try:
                with writing():
                    # If the SDK repeats the call, it sends the same token, so the call does not meet its own writes.
                    await self._client.transact_write_items(TransactItems=parts)
            except ConditionFailed as error:
                if _HISTORY in error.found:
                    return False
                raise
            except WriteConflict:
                # Another transaction is writing an item of this owner's presets.
                longest = min(_LONGEST_PAUSE_SECONDS, _PAUSE_SECONDS * 2**attempt)
                await asyncio.sleep(longest * random.uniform(0.5, 1))  # noqa: S311 - keeps tasks out of step
            else:
                return True
        raise Unavailable("Other requests are changing presets of this owner. Try again in a moment.")
