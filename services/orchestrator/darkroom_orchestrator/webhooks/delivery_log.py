"""The log of the last attempts to deliver a job's webhooks, in the job's details, which its owner can read."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from darkroom.clock import iso
from darkroom.job_details import DeliveryAttempt, ReplayLease
from darkroom.tables.details_item import delivery_value, details_key
from darkroom.tables.dynamodb import epoch
from darkroom.tables.job_table import JobTable
from darkroom_orchestrator.records.changes import Change, put, remove
from darkroom_orchestrator.records.conditional_writes import ConditionalWrites
from darkroom_orchestrator.records.conditions import Condition

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

KEPT: Final = 20
"""The most attempts in the log: two deliveries with all their attempts, about 3 kB of an item."""

_NO_REPLAY: Final = remove("replay_id", "replay_until")
_EXISTS: Final = Condition(text="attribute_exists(#job_id)")


class DeliveryLog:
    """Writes the log. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._jobs = JobTable(client, table)
        self._writes = ConditionalWrites(client, table)

    async def record(
        self,
        job_id: str,
        attempt: DeliveryAttempt,
        *,
        gone: bool,
        replay: str | None = None,
        until: datetime | None = None,
    ) -> None:
        """Add an attempt, once. `gone` says that the receiver wants no more webhooks. A deleted job has no log.

        If the attempt belongs to a replay, the replay's lease is extended to `until`; None ends it.
        """
        gone_at = iso(attempt.at) if gone else None
        while await self._jobs.get(job_id):
            details = await self._jobs.details_of(job_id)
            seen = details.deliveries
            if attempt in seen:
                return
            change = put(deliveries=_values([*seen, attempt][-KEPT:]), callback_gone_at=gone_at)
            condition = _log_is(seen)
            if replay and details.replay and details.replay.id == replay:
                change &= put(replay_until=epoch(until)) if until else _NO_REPLAY
                condition &= _replay_is(replay)
            if await self._writes.update(details_key(job_id), change, condition):
                return

    async def open_replay(
        self, job_id: str, lease: ReplayLease, *, now: datetime, other_writes: "Sequence[TransactWriteItemTypeDef]"
    ) -> bool:
        """Begin a replay, also for a receiver that wanted no more webhooks. False while another replay is in progress.

        Raises OtherWriteRefused.
        """
        change = put(replay_id=lease.id, replay_until=epoch(lease.until)) & remove("callback_gone_at")
        return await self._write(job_id, change, _EXISTS & _no_replay_at(now), other_writes)

    async def close_replay(
        self, job_id: str, replay: str, *, other_writes: "Sequence[TransactWriteItemTypeDef]" = ()
    ) -> bool:
        """End a replay before its lease does. False if it has ended already. Raises OtherWriteRefused."""
        return await self._write(job_id, _NO_REPLAY, _replay_is(replay), other_writes)

    async def _write(
        self, job_id: str, change: Change, condition: Condition, other_writes: "Sequence[TransactWriteItemTypeDef]"
    ) -> bool:
        if other_writes:
            return await self._writes.update_with(details_key(job_id), change, condition, other_writes)
        return await self._writes.update(details_key(job_id), change, condition) is not None


def _no_replay_at(now: datetime) -> Condition:
    """No replay of the job is in progress.

    request A   reads an ended job ── takes the lease, sends the command
    request B         reads an ended job ──────────── takes the lease: refused
    """
    return Condition(
        text="(attribute_not_exists(#replay_id) OR #replay_until <= :replay_now)", values={"replay_now": epoch(now)}
    )


def _replay_is(replay: str) -> Condition:
    """The lease still belongs to this replay. After a lease ends, another replay may take its place."""
    return Condition(text="#replay_id = :replay_id", values={"replay_id": replay})


def _log_is(seen: Sequence[DeliveryAttempt]) -> Condition:
    """The log has not changed since it was read, and the job exists: its details are deleted with it.

        this call    reads [a, b] ──────────── writes [a, b, c]: refused; reads [a, b, d], writes [a, b, d, c]
        another           reads [a, b] ── writes [a, b, d]

    An append would need no read. But it would add an attempt twice if the SDK repeats a call whose answer is lost, and
    it could not remove the oldest attempt in the same write.
    """
    if seen:
        return Condition(text="#deliveries = :seen_deliveries", values={"seen_deliveries": _values(seen)})
    return _EXISTS & Condition(text="attribute_not_exists(#deliveries)")


def _values(attempts: Sequence[DeliveryAttempt]) -> list[dict[str, Any]]:
    return [delivery_value(attempt) for attempt in attempts]
