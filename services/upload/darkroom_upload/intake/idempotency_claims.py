"""Idempotency keys: which job a key of an owner's stands for, kept for a day in the accounts table."""

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from darkroom.tables.dynamodb import read_item
from darkroom.topology import DAY_SECONDS

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

_UNCLAIMED: Final = "attribute_not_exists(id) OR expires_at < :now"
"""DynamoDB removes expired items within days, not at once."""


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
    """Finds claims."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str) -> None:
        self._client = client
        self._table = accounts_table

    async def find(self, owner: str, key: str) -> Claim | None:
        """The claim on a key, unless it has expired. Raises Unavailable."""
        item = await read_item(self._client, self._table, {"id": {"S": _id(owner, key)}})
        if item is None or int(item["expires_at"]["N"]) < time.time():
            return None
        return Claim(owner=owner, key=key, job_id=item["job_id"]["S"], fingerprint=item["fingerprint"]["S"])

    def claiming(self, claim: Claim) -> "TransactWriteItemTypeDef":
        """The part of a transaction that claims a key, and that fails when it is claimed already."""
        now = int(time.time())
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
