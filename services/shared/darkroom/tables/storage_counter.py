"""Counters of the bytes that owners store, in the accounts table: of all objects in `stored_size`.

A job's bytes are added in the transaction that ends it, and subtracted in the transaction that deletes its record. So
each job is added once and subtracted once, even if a process dies. The job's item has its own part of the counter.
Other originals are not counted, since they expire by themselves.

An owner's counter is the sum of several items, `stored#<owner>#<shard>`. Transactions on one item would conflict, and a
thousand jobs of one owner can end in a second.
"""

from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from darkroom.jobs import Job, results_bytes
from darkroom.original_lifetime import is_kept

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

SHARDS: Final = 16


def stored_size(job: Job) -> int:
    """Return the bytes of a job's results, public copies, thumbnail and manifest, and of its original if it is kept."""
    original = job.original if is_kept(job) else None
    others = sum(stored.size for stored in (job.thumbnail, job.manifest, original) if stored)
    return results_bytes(job) + job.public_bytes + others


def counter_keys(owner: str) -> list[str]:
    """Return the primary keys of the items of an owner's counter."""
    return [f"stored#{owner}#{shard}" for shard in range(SHARDS)]


def bytes_in(counter: dict[str, Any]) -> int:
    """Return the bytes in one item of a counter."""
    return int(counter["stored_bytes"]["N"])


def counter_writes(accounts_table: str, job: Job, amount: int) -> "list[TransactWriteItemTypeDef]":
    """Return parts of a transaction that add `amount` bytes to the counter of the job's owner, or subtract them."""
    if amount == 0:
        return []
    counter = counter_keys(job.owner)[crc32(job.job_id.encode()) % SHARDS]
    return [
        {
            "Update": {
                "TableName": accounts_table,
                "Key": {"id": {"S": counter}},
                # This is safe only because the condition on the job's item in the same transaction is met only once.
                "UpdateExpression": "ADD stored_bytes :amount",
                "ExpressionAttributeValues": {":amount": {"N": str(amount)}},
            }
        }
    ]
