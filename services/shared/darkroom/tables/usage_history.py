"""History of what owners have used, by day and by caller, in the accounts table: `history#<owner>#<day>#<shard>`.

A job is counted on the day (UTC) on which its first run ends, in the transaction that ends it. The condition of that
write is met once, so a job is counted once, even if a process dies. Later runs add only their CPU time. A day of an
owner has several items, since transactions on one item conflict, and many jobs of one owner can end in a second.

An item has four counters for each caller, such as `cpu_ms:dk_VQRcX-gD`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from darkroom.jobs import Job
from darkroom.tables.dynamodb import epoch

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

MOST_DAYS: Final = 90
"""Days that can be looked up."""
_KEPT: Final = timedelta(days=MOST_DAYS + 10)
SHARDS: Final = 8
SESSIONS: Final = "sessions"
"""Caller of jobs that users have sent, who are logged in."""
DROPS: Final = "drops"
"""Caller of jobs whose originals were put straight into the bucket."""

_COUNTERS: Final = ("jobs", "bytes_in", "bytes_stored", "cpu_ms")
_SEPARATOR: Final = ":"


@dataclass(frozen=True, kw_only=True)
class Used:
    """What was used."""

    jobs: int = 0
    """Jobs whose first run ended."""
    bytes_in: int = 0
    """Bytes of their originals."""
    bytes_stored: int = 0
    """Bytes that were stored when runs ended. Deletions do not subtract them."""
    cpu_ms: int = 0
    """CPU time of processors, in milliseconds."""

    def __add__(self, other: "Used") -> "Used":
        return Used(**{name: getattr(self, name) + getattr(other, name) for name in _COUNTERS})


def used_by_end(before: Job, after: Job) -> Used:
    """Return what the end of a run adds. The job is given before and after the write that ends it."""
    is_first = after.attempt == 1
    return Used(
        jobs=int(is_first),
        bytes_in=after.original.size if is_first and after.original else 0,
        bytes_stored=max(after.stored_bytes - before.stored_bytes, 0),
        cpu_ms=after.cost.cpu_ms - before.counted_cpu_ms,
    )


def history_write(accounts_table: str, job: Job, used: Used, moment: datetime) -> "TransactWriteItemTypeDef":
    """Return the part of a transaction that counts what a job has used."""
    caller = job.created_by or DROPS
    key = history_keys(job.owner, moment.date())[crc32(job.job_id.encode()) % SHARDS]
    amounts = {name: getattr(used, name) for name in _COUNTERS}
    return {
        "Update": {
            "TableName": accounts_table,
            "Key": {"id": {"S": key}},
            # This is safe only because the condition on the job's item in the same transaction is met only once.
            "UpdateExpression": f"ADD {', '.join(f'#{name} :{name}' for name in amounts)} SET expires_at = :gone",
            "ExpressionAttributeNames": {f"#{name}": f"{name}{_SEPARATOR}{caller}" for name in amounts},
            "ExpressionAttributeValues": {
                **{f":{name}": {"N": str(amount)} for name, amount in amounts.items()},
                ":gone": {"N": str(epoch(moment + _KEPT))},
            },
        }
    }


def history_keys(owner: str, day: date) -> list[str]:
    """Return the primary keys of an owner's items of a day."""
    return [f"history#{owner}#{day.isoformat()}#{shard}" for shard in range(SHARDS)]


def day_of(key: str) -> date:
    """Return the day of an item with this primary key."""
    return date.fromisoformat(key.rpartition("#")[0].rpartition("#")[2])


def used_by_caller(items: Iterable[Mapping[str, Any]]) -> dict[str, Used]:
    """Return what each caller has used, in these items together."""
    totals: defaultdict[str, Used] = defaultdict(Used)
    for item in items:
        for name, value in item.items():
            counter, separator, caller = name.partition(_SEPARATOR)
            if separator and counter in _COUNTERS:
                totals[caller] += Used(**{counter: int(value["N"])})
    return dict(totals)
