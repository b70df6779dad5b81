"""Idempotency keys: the job that an owner's key stands for, kept for a day in the accounts table."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from darkroom.errors import Conflict, IdempotencyMismatch
from darkroom.jobs import Job, JobStatus
from darkroom.tables.dynamodb import epoch, read_item
from darkroom.tables.job_table import JobTable
from darkroom.topology import DAY_SECONDS

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

_UNCLAIMED: Final = "attribute_not_exists(id) OR expires_at < :now"
"""DynamoDB removes an expired item within days, not at once. So an expired claim may still be there."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The first use of an owner's Idempotency-Key."""

    owner: str
    key: str
    job_id: str
    fingerprint: str
    """Hash of everything that the request asked for."""

    @property
    def id(self) -> str:
        """The claim's primary key."""
        return _id(self.owner, self.key)

    def require_same(self, fingerprint: str) -> None:
        """Raise IdempotencyMismatch if the key was first used for another request."""
        if fingerprint != self.fingerprint:
            raise IdempotencyMismatch("This Idempotency-Key was used for another upload. Use a new key.")


async def claimed_job(jobs: JobTable, claim: Claim) -> Job:
    """Return the job of a claim. Raises Conflict if it is deleted or has expired, and Unavailable."""
    job = await jobs.get(claim.job_id)
    if job is None:
        raise Conflict("The job of this Idempotency-Key was deleted. Use a new key.")
    if job.status is JobStatus.EXPIRED:
        raise Conflict("The job of this Idempotency-Key has expired, because its image never came. Use a new key.")
    return job


class Claims:
    """Finds claims, and writes them as part of a transaction."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str, *, now: Callable[[], datetime]) -> None:
        self._client = client
        self._table = accounts_table
        self._now = now

    async def find(self, owner: str, key: str) -> Claim | None:
        """Return the claim on a key, or None if there is none or it has expired. Raises Unavailable."""
        item = await read_item(self._client, self._table, {"id": {"S": _id(owner, key)}})
        if item is None or int(item["expires_at"]["N"]) < self._now().timestamp():
            return None
        return Claim(owner=owner, key=key, job_id=item["job_id"]["S"], fingerprint=item["fingerprint"]["S"])

    def claiming(self, claim: Claim) -> "TransactWriteItemTypeDef":
        """Return the part of a transaction that claims a key. It fails if the key is claimed already."""
        now = epoch(self._now())
        return {
            "Put": {
                "TableName": self._table,
                "Item": {
                    "id": {"S": claim.id},
                    "job_id": {"S": claim.job_id},
                    "fingerprint": {"S": claim.fingerprint},
                    "expires_at": {"N": str(now + DAY_SECONDS)},
                },
                "ConditionExpression": _UNCLAIMED,
                "ExpressionAttributeValues": {":now": {"N": str(now)}},
            }
        }


def _id(owner: str, key: str) -> str:
    return f"idempotency#{owner}#{hashlib.sha256(key.encode()).hexdigest()}"
