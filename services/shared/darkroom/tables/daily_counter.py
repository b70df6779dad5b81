"""Daily counters of callers, for their quotas: an item for each caller and day in the accounts table.

The key is `usage#<caller>#<day>`. A new job counts as one job with the bytes of its original, a retry counts the same
again, and a replay of a webhook counts as one job without bytes. An import counts as one job when it is requested; its
bytes are added when they have arrived.

Each is counted in the transaction that writes it, so both are written or none, and once, even if a process dies or a
request is repeated. An upload that is refused or cut off is never counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from pydantic import BaseModel, ConfigDict

from darkroom.accounts.allowances import Allowance
from darkroom.errors import QuotaExceeded
from darkroom.topology import DAY_SECONDS

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

_KEPT: Final = timedelta(days=7)
"""How long a counter is kept after its last write, so that operators can look at it."""


@dataclass(frozen=True, kw_only=True)
class DailyUsage:
    """Jobs and bytes that a caller has used on one day."""

    jobs: int = 0
    bytes: int = 0

    @classmethod
    def of(cls, counter: Mapping[str, Any]) -> Self:
        """Return what a counter's item has. An empty item means that nothing is used yet."""
        return cls(**{name: int(counter[f"used_{name}"]["N"]) for name in ("jobs", "bytes") if counter})


class Charge(BaseModel):
    """One job to count on the day of its request. The upload service sends it to the orchestrator with a retry or a
    replay."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    counter: str
    """Primary key of the counter."""
    jobs_per_day: int | None
    bytes_per_day: int | None
    size: int
    """Bytes to count."""
    moment: datetime

    @classmethod
    def of(cls, caller: str, allowance: Allowance, size: int, moment: datetime) -> Self | None:
        """Return the charge for a job of this many bytes; None for a caller without quotas."""
        if not allowance.has_quota:
            return None
        return cls(
            counter=counter_key(caller, moment),
            jobs_per_day=allowance.jobs_per_day,
            bytes_per_day=allowance.bytes_per_day,
            size=size,
            moment=moment,
        )

    def require_room(self, used: DailyUsage) -> None:
        """Raise QuotaExceeded if this job does not fit into the quotas of its day any more."""
        seconds = int((next_day(self.moment) - self.moment).total_seconds()) + 1
        for quota, limit, gone, more in (
            ("jobs", self.jobs_per_day, used.jobs, 1),
            ("bytes", self.bytes_per_day, used.bytes, self.size),
        ):
            if limit is not None and gone + more > limit:
                raise QuotaExceeded(
                    f"Daily quota used up: {gone} of {limit} {quota}, and this job needs {more} more. "
                    "It resets at 00:00 UTC.",
                    retry_after_seconds=seconds,
                    quota=quota,
                    limit=limit,
                    used=gone,
                )

    def count_write(self, accounts_table: str) -> "TransactWriteItemTypeDef":
        """Return the part of a transaction that counts this job. It fails if a quota is used up."""
        conditions = []
        values = {":zero": 0, ":one": 1, ":size": self.size, ":gone": int((self.moment + _KEPT).timestamp())}
        if self.jobs_per_day is not None:
            conditions.append("(attribute_not_exists(id) OR used_jobs < :jobs)")
            values[":jobs"] = self.jobs_per_day
        if self.bytes_per_day is not None:
            conditions.append("(attribute_not_exists(id) OR used_bytes <= :room)")
            values[":room"] = self.bytes_per_day - self.size
        return {
            "Update": {
                "TableName": accounts_table,
                "Key": {"id": {"S": self.counter}},
                "UpdateExpression": "SET used_jobs = if_not_exists(used_jobs, :zero) + :one, "
                "used_bytes = if_not_exists(used_bytes, :zero) + :size, expires_at = :gone",
                "ConditionExpression": " AND ".join(conditions),
                "ExpressionAttributeValues": {name: {"N": str(value)} for name, value in values.items()},
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }


def bytes_write(accounts_table: str, counter: str, size: int, bytes_per_day: int | None) -> "TransactWriteItemTypeDef":
    """Return the part of a transaction that adds bytes to a counted job.

    It fails if they exceed the quota, or if the counter is gone.
    """
    values, condition = {":size": size}, "attribute_exists(id)"
    if bytes_per_day is not None:
        values[":room"] = bytes_per_day - size
        condition += " AND used_bytes <= :room"
    return {
        "Update": {
            "TableName": accounts_table,
            "Key": {"id": {"S": counter}},
            "UpdateExpression": "SET used_bytes = used_bytes + :size",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {name: {"N": str(value)} for name, value in values.items()},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def refund_write(accounts_table: str, counter: str, size: int) -> "TransactWriteItemTypeDef":
    """Return the part of a transaction that subtracts one job of `size` bytes. It fails if the counter is gone."""
    return {
        "Update": {
            "TableName": accounts_table,
            "Key": {"id": {"S": counter}},
            "UpdateExpression": "SET used_jobs = used_jobs - :one, used_bytes = used_bytes - :size",
            "ConditionExpression": "attribute_exists(id)",
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":size": {"N": str(size)}},
        }
    }


def counter_key(caller: str, moment: datetime) -> str:
    """Return the primary key of a caller's counter for the day of this moment (UTC)."""
    return f"usage#{caller}#{moment.astimezone(UTC).date().isoformat()}"


def next_day(moment: datetime) -> datetime:
    """Return the beginning of the day (UTC) after this moment."""
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(seconds=DAY_SECONDS)
