"""Charges a caller for a retry or a replay, in the transaction that makes it happen."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from darkroom.errors import Unavailable
from darkroom.tables.daily_counter import Charge, DailyUsage, refund_write
from darkroom_orchestrator.records.conditional_writes import OtherWriteRefused

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef


class Charging:
    """Makes the writes that count a charge, and says why a charge was refused."""

    def __init__(self, accounts_table: str) -> None:
        self._table = accounts_table

    def charge_writes(self, charge: Charge | None) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that count a charge; none for a caller without quotas."""
        return [charge.count_write(self._table)] if charge else []

    def refund_writes(self, charge: Charge | None) -> "list[TransactWriteItemTypeDef]":
        """Return the writes that refund a charge."""
        return [refund_write(self._table, charge.counter, charge.size)] if charge else []

    @contextmanager
    def refusals(self, charge: Charge | None) -> Iterator[None]:
        """Inside this block, a transaction whose `charge_writes` are refused raises QuotaExceeded or Unavailable."""
        try:
            yield
        except OtherWriteRefused as error:
            if charge:
                charge.require_room(DailyUsage.of(error.found))
            raise Unavailable("Another request of this caller is being charged. Try again.") from error
