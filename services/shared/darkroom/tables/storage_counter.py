"""What owners store: the bytes of their jobs' results and manifests, counted in the accounts table.

A job's bytes are counted in the write that ends it, and taken out in the write that deletes its record: one transaction
each, so that a job is counted once and given back once, whatever dies. The job's item says how much of the counter is
its own. Originals are not counted: they expire by themselves.

An owner's counter is the sum of several items, `stored#<owner>#<shard>`, since transactions on one item get into each
other's way, and a thousand jobs of an owner may end in a second.
"""

from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from darkroom.jobs import Job, results_bytes

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

SHARDS: Final = 16


def stored_size(job: Job) -> int:
    """Return how many bytes the results and the manifest have that a job names."""
    return results_bytes(job) + (job.manifest.size if job.manifest else 0)


def counter_keys(owner: str) -> list[str]:
    """Return the primary keys of an owner's counter."""
    return [f"stored#{owner}#{shard}" for shard in range(SHARDS)]


def bytes_in(counter: dict[str, Any]) -> int:
    """Return the bytes that one item of a counter says, in DynamoDB's notation."""
    return int(counter["stored_bytes"]["N"])


def counter_writes(accounts_table: str, job: Job, amount: int) -> "list[TransactWriteItemTypeDef]":
    """Return what to write beside a job's item so that its owner's counter grows by this many bytes, or shrinks."""
    if amount == 0:
        return []
    counter = counter_keys(job.owner)[crc32(job.job_id.encode()) % SHARDS]
    return [
        {
            "Update": {
                "TableName": accounts_table,
                "Key": {"id": {"S": counter}},
                # Safe only because the condition on the job's item beside it can be met but once.
                "UpdateExpression": "ADD stored_bytes :amount",
                "ExpressionAttributeValues": {":amount": {"N": str(amount)}},
            }
        }
    ]
