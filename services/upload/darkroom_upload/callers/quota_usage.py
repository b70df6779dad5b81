"""What a caller has used of their daily quotas. `darkroom.tables.daily_counter` describes the counters."""

from datetime import datetime
from typing import TYPE_CHECKING

from darkroom.tables.daily_counter import Charge, DailyUsage, counter_key
from darkroom.tables.dynamodb import read_item

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef


class QuotaUsage:
    """Reads the counters."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str) -> None:
        self._client = client
        self._table = accounts_table

    async def require_room(self, charge: Charge | None) -> None:
        """Raise QuotaExceeded if a quota has no room for a charge. Raises Unavailable. No charge needs no room."""
        if charge:
            charge.require_room(await self._at(charge.counter))

    async def on(self, counted_as: str, moment: datetime) -> DailyUsage:
        """Return what the caller has used on the day of a moment. Raises Unavailable."""
        return await self._at(counter_key(counted_as, moment))

    def counting(self, charge: Charge) -> "TransactWriteItemTypeDef":
        """Return the part of a transaction that counts a job, and fails if a quota has no room for it."""
        return charge.count_write(self._table)

    async def _at(self, counter: str) -> DailyUsage:
        return DailyUsage.of(await read_item(self._client, self._table, {"id": {"S": counter}}) or {})
