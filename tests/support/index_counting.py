"""Counts the write units of a table's indexes from the writes that pass a proxy."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from darkroom.tables.dynamodb import Item
from darkroom.topology import IndexSpec
from tests.support.aws_calls import Call
from tests.support.aws_proxy import Answer, Forward
from tests.support.dynamodb_rules import index_writes

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_WRITES: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})


class IndexCounting:
    """Reads the items of each write before and after it, and adds up the write units of each index.

    Writes must not overlap.
    """

    def __init__(self, client: "DynamoDBClient", table: str, indexes: Sequence[IndexSpec]) -> None:
        """Count writes to `table`. `client` must not use the proxy."""
        self.writes: Counter[str] = Counter()
        """Write units by index."""
        self.items: dict[str, Item] = {}
        """The current items, by primary key."""
        self._client = client
        self._table = table
        self._indexes = indexes

    def wants(self, call: Call) -> bool:
        """See Interception."""
        return call.service == "dynamodb" and call.operation in _WRITES

    async def meet(self, call: Call, forward: Forward) -> Answer | None:
        """See Interception."""
        keys = list(self._keys(call))
        before = {key: await self._read(key) for key in keys}
        answer = await forward(call)
        for key in keys:
            after = await self._read(key)
            for index in self._indexes:
                self.writes[index.name] += index_writes(index, before[key], after)
            if after:
                self.items[key] = after
            else:
                self.items.pop(key, None)
        return answer

    def _keys(self, call: Call) -> Iterator[str]:
        fields: dict[str, Any] = json.loads(call.body)
        parts = [part for each in fields.get("TransactItems", []) for part in each.values()] or [fields]
        for part in parts:
            if part["TableName"] == self._table:
                yield part.get("Key", part.get("Item"))["job_id"]["S"]

    async def _read(self, key: str) -> Item | None:
        answer = await self._client.get_item(TableName=self._table, Key={"job_id": {"S": key}}, ConsistentRead=True)
        return answer.get("Item")
