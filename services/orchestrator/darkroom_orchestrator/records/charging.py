"""Charging a caller for what the orchestrator does for it, in the transaction that does it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from darkroom.errors import Unavailable
from darkroom.tables.daily_counter import Charge, DailyUsage, refund_write
from darkroom_orchestrator.records.conditional_writes import BesideRefused

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef


class Charging:
    """Makes the parts of transactions that count, and tells why one was refused."""

    def __init__(self, accounts_table: str) -> None:
        self._table = accounts_table

    def counting(self, charge: Charge | None) -> "list[TransactWriteItemTypeDef]":
        """Return what to write beside that which is charged for; nothing for a caller without quotas."""
        return [charge.count_write(self._table)] if charge else []

    def giving_back(self, charge: Charge | None) -> "list[TransactWriteItemTypeDef]":
        """Return what to write beside that which takes it back."""
        return [refund_write(self._table, charge.counter, charge.size)] if charge else []

    @contextmanager
    def refusals(self, charge: Charge | None) -> Iterator[None]:
        """Raise QuotaExceeded in place of what a transaction raises whose part `counting` was refused."""
        try:
            yield
        except BesideRefused as error:
            if charge:
                charge.require_room(DailyUsage.of(error.found))
            raise Unavailable("Another request of this caller is under way.") from error
