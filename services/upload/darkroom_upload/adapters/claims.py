"""Idempotency keys: which job a key of an owner's stands for, kept for a day in the accounts table."""

import asyncio
import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from darkroom.aws import error_code, translated
from darkroom.errors import Unavailable
from darkroom.job_table import to_item
from darkroom.jobs import Job
from darkroom.topology import DAY_SECONDS

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

_UNCLAIMED: Final = "attribute_not_exists(id) OR expires_at < :now"
"""DynamoDB removes expired items within days, not at once."""
_ATTEMPTS: Final = 5
_PAUSE_SECONDS: Final = 0.05


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What an owner's Idempotency-Key was first used for."""

    owner: str
    key: str
    job_id: str
    fingerprint: str
    """Hash of all that was asked for."""

    @property
    def id(self) -> str:
        """The claim's primary key."""
        return _id(self.owner, self.key)


class Claims:
    """Finds claims, and creates jobs together with theirs."""

    def __init__(self, client: "DynamoDBClient", *, accounts_table: str, jobs_table: str) -> None:
        self._client = client
        self._accounts_table = accounts_table
        self._jobs_table = jobs_table

    async def find(self, owner: str, key: str) -> Claim | None:
        """The claim on a key, unless it has expired. Raises Unavailable."""
        with translated("DynamoDB"):
            answer = await self._client.get_item(
                TableName=self._accounts_table, Key={"id": {"S": _id(owner, key)}}, ConsistentRead=True
            )
        item = answer.get("Item")
        if item is None or int(item["expires_at"]["N"]) < time.time():
            return None
        return Claim(owner=owner, key=key, job_id=item["job_id"]["S"], fingerprint=item["fingerprint"]["S"])

    async def create(self, job: Job, claim: Claim) -> bool:
        """Write a new job and the claim on its key, both or none.

        False when the key was claimed in the meantime. Raises Unavailable.
        """
        for attempt in range(_ATTEMPTS):
            try:
                with translated("DynamoDB"):
                    # A repetition by the SDK carries the same token, so that it does not meet its own claim.
                    await self._client.transact_write_items(TransactItems=self._puts(job, claim))
            except ClientError as error:
                if error_code(error) != "TransactionCanceledException":
                    raise
                if "ConditionalCheckFailed" in _reasons(error):
                    return False
                # Another transaction was at the same item: it has the key soon, or has given up.
                await asyncio.sleep(_PAUSE_SECONDS * 2**attempt)
            else:
                return True
        raise Unavailable("Another request with this Idempotency-Key is under way.")

    def _puts(self, job: Job, claim: Claim) -> "list[TransactWriteItemTypeDef]":
        now = int(time.time())
        return [
            {
                "Put": {
                    "TableName": self._accounts_table,
                    "Item": {
                        "id": {"S": claim.id},
                        "job_id": {"S": claim.job_id},
                        "fingerprint": {"S": claim.fingerprint},
                        "expires_at": {"N": str(now + DAY_SECONDS)},
                    },
                    "ConditionExpression": _UNCLAIMED,
                    "ExpressionAttributeValues": {":now": {"N": str(now)}},
                }
            },
            {"Put": {"TableName": self._jobs_table, "Item": to_item(job)}},
        ]


def _reasons(error: ClientError) -> set[str]:
    """Why a transaction was cancelled: a code for each of its items."""
    return {reason.get("Code", "") for reason in error.response.get("CancellationReasons", [])}


def _id(owner: str, key: str) -> str:
    return f"idempotency#{owner}#{hashlib.sha256(key.encode()).hexdigest()}"
