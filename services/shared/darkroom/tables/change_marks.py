"""The place of a job in the index of changes, from which event streams learn what has changed.

    change_bucket   ten minutes and a random shard, such as `2026-11-30T12:10#7`
    change_order    the moment of the change and a random text, such as `2026-11-30T12:14:03.120Z#9f2c61aa`

Every write that changes what clients see of a job sets both, so that the index has each job once: at its latest
change. Two changes never have the same order, even in the same millisecond. A deleted job leaves a tombstone, an item
of its own, for a day.
"""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from darkroom import clock
from darkroom.jobs import Job
from darkroom.tables.dynamodb import Item, epoch, serialized
from darkroom.topology import CHANGE_SHARDS, CHANGES

BUCKET: Final = timedelta(minutes=10)
TOMBSTONE_KEPT: Final = timedelta(days=1)

_TOMBSTONE: Final = "#deleted"
_RANDOM_BYTES: Final = 4


def change_marks(moment: datetime) -> dict[str, str]:
    """Return the attributes that put a job's change at this moment into the index."""
    bucket, order = _bucket(moment, secrets.randbelow(CHANGE_SHARDS)), clock.iso(moment)
    return {
        CHANGES.partition.name: bucket,
        CHANGES.sort.name: f"{order}#{secrets.token_hex(_RANDOM_BYTES)}",
    }


def change_buckets(since: datetime, until: datetime) -> list[str]:
    """Return the partitions that have the changes between two moments, both included."""
    starts, start = [_start(since)], _start(since) + BUCKET
    while start <= until:
        starts.append(start)
        start += BUCKET
    return [_bucket(start, shard) for start in starts for shard in range(CHANGE_SHARDS)]


def moment_of(order: str) -> datetime:
    """Return the moment of a change."""
    return clock.parse(order.partition("#")[0])


def tombstone_key(job_id: str) -> Item:
    """Return the primary key of the tombstone of a deleted job."""
    return {"job_id": {"S": job_id + _TOMBSTONE}}


def tombstone_item(job: Job, moment: datetime) -> Item:
    """Return the item that tells of a job's deletion. DynamoDB's TTL deletes it."""
    marks: dict[str, Any] = {**change_marks(moment), "owner": job.owner, "expires_at": epoch(moment + TOMBSTONE_KEPT)}
    return tombstone_key(job.job_id) | serialized(marks)


def job_of_entry(entry: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the id of the job that an entry of the index is about, and whether the job was deleted."""
    primary_key: str = entry["job_id"]["S"]
    return primary_key.removesuffix(_TOMBSTONE), primary_key.endswith(_TOMBSTONE)


def _start(moment: datetime) -> datetime:
    moment = moment.astimezone(UTC)
    return moment.replace(
        minute=moment.minute - moment.minute % int(BUCKET.total_seconds() // 60), second=0, microsecond=0
    )


def _bucket(moment: datetime, shard: int) -> str:
    return f"{_start(moment):%Y-%m-%dT%H:%M}#{shard}"
