"""Reads the index by owner, whose partitions hold only keys, in one order."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from darkroom.runtime.aws import translated
from darkroom.tables.dynamodb import serialized
from darkroom.tables.job_item import owner_shards
from darkroom.topology import BY_OWNER, OWNER_SHARDS

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

_SPARE: Final = 16
"""Keys read from each partition beyond its share of a page, so that one query a partition is nearly always enough."""
_LOWEST: Final = " "
_HIGHEST: Final = "~"
"""Texts before and after all sort keys, which begin with a year."""


@dataclass(kw_only=True)
class _Shard:
    """One partition of an owner in the index, and how far it has been read."""

    name: str
    after: str | None
    rows: deque[str] = field(default_factory=deque)
    is_over: bool = False


class OwnerWalk:
    """Goes through all partitions of an owner in one order. Reads no more of each than it needs. Raises Unavailable."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        owner: str,
        *,
        after: str | None,
        since: str | None,
        before: str | None,
        newest_first: bool,
        limit: int,
    ) -> None:
        """Begin behind the sort key `after`. Only keys from `since` on and before `before` are found.

        `limit` is the length of a page.
        """
        self._client = client
        self._table = table
        self._range = since or _LOWEST, before or _HIGHEST
        self._newest_first = newest_first
        self._share = limit // OWNER_SHARDS + _SPARE
        self._shards = [_Shard(name=name, after=after) for name in owner_shards(owner)]

    async def take(self, count: int) -> list[str]:
        """Return up to `count` further sort keys; none after the last."""
        first = max if self._newest_first else min
        taken: list[str] = []
        while len(taken) < count:
            await asyncio.gather(*(self._read(shard) for shard in self._shards if not shard.rows and not shard.is_over))
            heads = [shard for shard in self._shards if shard.rows]
            if not heads:
                break
            taken.append(first(heads, key=lambda shard: shard.rows[0]).rows.popleft())
        return taken

    async def _read(self, shard: _Shard) -> None:
        low, high = self._range
        if shard.after and self._newest_first:
            high = min(high, shard.after)
        elif shard.after:
            low = max(low, shard.after)
        if low > high:
            shard.is_over = True
            return
        request: dict[str, Any] = {
            "KeyConditionExpression": (
                f"{BY_OWNER.partition.name} = :shard AND {BY_OWNER.sort.name} BETWEEN :low AND :high"
            ),
            "ExpressionAttributeValues": serialized({":shard": shard.name, ":low": low, ":high": high}),
            "ProjectionExpression": BY_OWNER.sort.name,
            "ScanIndexForward": not self._newest_first,
            "Limit": self._share,
        }
        with translated("DynamoDB"):
            answer = await self._client.query(TableName=self._table, IndexName=BY_OWNER.name, **request)
        keys = (item[BY_OWNER.sort.name]["S"] for item in answer["Items"])
        # The range includes its ends. Of the limit's many keys, at most the first one was read before.
        shard.rows.extend(key for key in keys if key != shard.after)
        shard.is_over = "LastEvaluatedKey" not in answer
        if shard.rows:
            shard.after = shard.rows[-1]
