"""Writes keys that users make, with the list that limits their number.

`keys#<owner>` lists the keys that users have made and that were usable at the last write. A new key is one transaction
with its list, on the condition that the list is still the one that was read. So requests at the same moment cannot make
more keys than allowed. A revoked or expired key leaves the list when the next one is made.
"""

import secrets
from typing import TYPE_CHECKING, Final

from darkroom.accounts.api_keys import ApiKey
from darkroom.clock import Clock
from darkroom.errors import Conflict, Unavailable
from darkroom.tables.api_key_table import KeyTable
from darkroom.tables.dynamodb import Item, is_written, read_item, serialized

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

MOST_KEYS: Final = 50
"""Usable keys of one owner that users have made. Keys of operators do not count."""
_TRIES: Final = 5


class KeyWrites:
    """Adds keys. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str, keys: KeyTable, *, now: Clock) -> None:
        self._client = client
        self._table = accounts_table
        self._keys = keys
        self._now = now

    async def add(self, key: ApiKey) -> None:
        """Write a new key. Raises Conflict if its owner has as many as allowed."""
        for _ in range(_TRIES):
            before = await read_item(self._client, self._table, _list_key(key.owner))
            usable = await self._usable(before)
            if len(usable) >= MOST_KEYS:
                raise Conflict(
                    f"You have {MOST_KEYS} usable API keys, the most that users can make. Revoke one to make room.",
                    limit=MOST_KEYS,
                )
            if await is_written(
                self._client.transact_write_items(
                    TransactItems=[self._put(key), self._list({*usable, key.digest}, key.owner, before)]
                )
            ):
                return
        raise Unavailable("Other requests are making API keys of this owner. Try again in a moment.")

    async def _usable(self, listed: Item | None) -> set[str]:
        """Return the digests of those listed keys that are neither revoked nor expired."""
        digests = listed["digests"]["SS"] if listed else []
        moment = self._now()
        found = await self._keys.find_many(digests)
        # A key whose callback URL cannot be decrypted now is counted, since it may be usable.
        return {digest for digest, key in found.items() if isinstance(key, Unavailable) or key.is_usable(moment)}

    def _put(self, key: ApiKey) -> "TransactWriteItemTypeDef":
        return {
            "Put": {
                "TableName": self._table,
                "Item": self._keys.encrypted_item(key),
                "ConditionExpression": "attribute_not_exists(id)",
            }
        }

    def _list(self, digests: set[str], owner: str, before: Item | None) -> "TransactWriteItemTypeDef":
        """Return the write of a list, on the condition that it is still as it was read."""
        # Without a version, a list that changed twice could look unchanged.
        item = _list_key(owner) | serialized({"digests": digests, "version": secrets.token_hex(8)})
        put: TransactWriteItemTypeDef = {
            "Put": {"TableName": self._table, "Item": item, "ConditionExpression": "attribute_not_exists(id)"}
        }
        if before:
            put["Put"]["ConditionExpression"] = "version = :version"
            put["Put"]["ExpressionAttributeValues"] = {":version": before["version"]}
        return put


def _list_key(owner: str) -> Item:
    return {"id": {"S": f"keys#{owner}"}}
