"""What a caller has used of their daily quotas. `darkroom.tables.daily_counter` describes the counters."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from darkroom.tables.daily_counter import Charge, DailyUsage, counter_key
from darkroom.tables.dynamodb import Item, read_item, read_items
from darkroom.tables.usage_history import Used, day_of, history_keys, used_by_caller

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

_BATCH: Final = 100
"""Keys of one BatchGetItem."""


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

    async def history(self, owner: str, days: Sequence[date]) -> dict[date, dict[str, Used]]:
        """Return what each caller of an owner has used on each of these days. Raises Unavailable."""
        keys = [{"id": {"S": key}} for day in days for key in history_keys(owner, day)]
        items: list[Item] = []
        for start in range(0, len(keys), _BATCH):
            items += await read_items(self._client, self._table, keys[start : start + _BATCH])
        by_day: dict[date, list[Item]] = {day: [] for day in days}
        for item in items:
            by_day[day_of(item["id"]["S"])].append(item)
        return {day: used_by_caller(found) for day, found in by_day.items()}

    def counting(self, charge: Charge) -> "TransactWriteItemTypeDef":
        """Return the part of a transaction that counts a job, and fails if a quota has no room for it."""
        return charge.count_write(self._table)

    async def _at(self, counter: str) -> DailyUsage:
        return DailyUsage.of(await read_item(self._client, self._table, {"id": {"S": counter}}) or {})
