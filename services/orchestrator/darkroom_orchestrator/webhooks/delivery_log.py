"""The last attempts to deliver a job's webhooks, kept in its details, which its owner can read and which go with it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from darkroom.clock import iso
from darkroom.job_parts import delivery_value, details_key
from darkroom.job_table import JobTable
from darkroom.jobs import DeliveryAttempt
from darkroom_orchestrator.adapters.changes import put, remove
from darkroom_orchestrator.adapters.conditional_writes import ConditionalWrites
from darkroom_orchestrator.adapters.conditions import Condition

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

KEPT: Final = 20
"""Two deliveries with all their attempts; about 3 kB of an item."""

_EXISTS: Final = Condition(text="attribute_exists(#job_id)")


class DeliveryLog:
    """Writes the log. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._jobs = JobTable(client, table)
        self._writes = ConditionalWrites(client, table)

    async def record(self, job_id: str, attempt: DeliveryAttempt, *, gone: bool) -> None:
        """Add an attempt, once; `gone` says that the receiver wants no more. Nothing is left of a deleted job."""
        gone_at = iso(attempt.at) if gone else None
        while await self._jobs.get(job_id):
            seen = (await self._jobs.details_of(job_id)).deliveries
            if attempt in seen:
                return
            change = put(deliveries=_values([*seen, attempt][-KEPT:]), callback_gone_at=gone_at)
            if await self._writes.update(details_key(job_id), change, _log_is(seen)):
                return

    async def forgive(self, job_id: str) -> None:
        """Forget that the receiver wanted no more."""
        await self._writes.update(details_key(job_id), remove("callback_gone_at"), _EXISTS)


def _log_is(seen: Sequence[DeliveryAttempt]) -> Condition:
    """The log is the one that was read, of a job that is still there: its details are deleted with it.

        this call    reads [a, b] ──────────── writes [a, b, c]: refused; reads [a, b, d], writes [a, b, d, c]
        another           reads [a, b] ── writes [a, b, d]

    An append, which needs no reading, would add an attempt twice when the client repeats a call whose answer was lost,
    and could not forget the oldest in the same write.
    """
    if seen:
        return Condition(text="#deliveries = :seen_deliveries", values={"seen_deliveries": _values(seen)})
    return _EXISTS & Condition(text="attribute_not_exists(#deliveries)")


def _values(attempts: Sequence[DeliveryAttempt]) -> list[dict[str, Any]]:
    return [delivery_value(attempt) for attempt in attempts]
