"""How many bytes an owner stores, and the quota on them."""

from typing import TYPE_CHECKING

from darkroom.errors import QuotaExceeded
from darkroom.tables.dynamodb import read_items
from darkroom.tables.storage_counter import bytes_in, counter_keys
from darkroom_upload.callers.caller import Caller

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class StoredBytes:
    """Reads the counters of `darkroom.tables.storage_counter`. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str) -> None:
        self._client = client
        self._table = accounts_table

    async def require_room(self, caller: Caller) -> None:
        """Raise QuotaExceeded if the owner has used up the caller's storage quota.

        What a job will store is known only at its end. So an owner may exceed the quota by what jobs in flight store.
        """
        limit = caller.allowance.stored_bytes
        if limit is None:
            return
        used = await self.of(caller.owner)
        if used >= limit:
            raise QuotaExceeded(
                f"Storage quota used up: {used} of {limit} bytes. Delete jobs to make room.",
                retry_after_seconds=None,
                quota="stored_bytes",
                limit=limit,
                used=used,
            )

    async def of(self, owner: str) -> int:
        """Return how many bytes an owner stores."""
        counters = [{"id": {"S": counter}} for counter in counter_keys(owner)]
        return sum(map(bytes_in, await read_items(self._client, self._table, counters)))
