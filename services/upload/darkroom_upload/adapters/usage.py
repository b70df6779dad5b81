"""What a caller has used of its quotas: a counter a day in the accounts table, under `usage#<caller>#<day>`.

Counted is what became a job, in the transaction that writes the job: both or none, once for each job, whatever dies or
is sent again. So nothing has to be given back for an upload that is refused or breaks off.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from darkroom import clock
from darkroom.allowances import Allowance
from darkroom.aws import translated
from darkroom.errors import QuotaExceeded
from darkroom.topology import DAY_SECONDS
from darkroom_upload.principal import Principal
from darkroom_upload.standing import Policy

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef

_KEPT: Final = timedelta(days=7)
"""For those who ask what happened."""


@dataclass(frozen=True, kw_only=True)
class Used:
    """What a caller has used on one day."""

    jobs: int
    bytes: int

    def require_room(self, charge: "Charge") -> None:
        """Raise QuotaExceeded unless one more job like this is within the quotas of its day."""
        seconds = int((day_after(charge.moment) - charge.moment).total_seconds()) + 1
        for policy, limit, used, more in (
            (Policy.JOBS, charge.allowance.jobs_per_day, self.jobs, 1),
            (Policy.BYTES, charge.allowance.bytes_per_day, self.bytes, charge.size),
        ):
            if limit is not None and used + more > limit:
                raise QuotaExceeded(
                    f"Of the {limit} {policy} a day of this caller {used} are used. The next day begins at 00:00 UTC.",
                    retry_after_seconds=seconds,
                    quota=policy.value,
                    limit=limit,
                    used=used,
                )


NOTHING: Final = Used(jobs=0, bytes=0)


@dataclass(frozen=True, kw_only=True)
class Charge:
    """One job, counted on the day it is made."""

    caller: str
    allowance: Allowance
    size: int
    """Bytes."""
    moment: datetime

    @classmethod
    def of(cls, principal: Principal, size: int) -> Self | None:
        """What a job of so many bytes costs the caller now; None for one without quotas."""
        if not principal.allowance.has_quota:
            return None
        return cls(caller=principal.caller, allowance=principal.allowance, size=size, moment=clock.now())

    @property
    def id(self) -> str:
        """The primary key of the counter."""
        return _id(self.caller, self.moment)


class Usage:
    """Reads the counters."""

    def __init__(self, client: "DynamoDBClient", accounts_table: str) -> None:
        self._client = client
        self._table = accounts_table

    async def require_room(self, charge: Charge | None) -> None:
        """Raise QuotaExceeded when there is no room for it already, before any work is done. Raises Unavailable."""
        if charge:
            (await self.on(charge.caller, charge.moment)).require_room(charge)

    async def on(self, caller: str, moment: datetime) -> Used:
        """What the caller has used on the day of this moment. Raises Unavailable."""
        with translated("DynamoDB"):
            answer = await self._client.get_item(
                TableName=self._table, Key={"id": {"S": _id(caller, moment)}}, ConsistentRead=True
            )
        item = answer.get("Item", {})
        return Used(**{name: int(item[f"used_{name}"]["N"]) if item else 0 for name in ("jobs", "bytes")})

    def counting(self, charge: Charge) -> "TransactWriteItemTypeDef":
        """The part of a transaction that counts a job, and that fails when there is no room for it."""
        allowance, conditions = charge.allowance, []
        values = {":zero": 0, ":one": 1, ":size": charge.size, ":gone": int((charge.moment + _KEPT).timestamp())}
        if allowance.jobs_per_day is not None:
            conditions.append("(attribute_not_exists(id) OR used_jobs < :jobs)")
            values[":jobs"] = allowance.jobs_per_day
        if allowance.bytes_per_day is not None:
            conditions.append("(attribute_not_exists(id) OR used_bytes <= :room)")
            values[":room"] = allowance.bytes_per_day - charge.size
        return {
            "Update": {
                "TableName": self._table,
                "Key": {"id": {"S": charge.id}},
                "UpdateExpression": "SET used_jobs = if_not_exists(used_jobs, :zero) + :one, "
                "used_bytes = if_not_exists(used_bytes, :zero) + :size, expires_at = :gone",
                "ConditionExpression": " AND ".join(conditions),
                "ExpressionAttributeValues": {name: {"N": str(value)} for name, value in values.items()},
            }
        }


def _id(caller: str, moment: datetime) -> str:
    return f"usage#{caller}#{moment.astimezone(UTC).date().isoformat()}"


def day_after(moment: datetime) -> datetime:
    """When the day of this moment is over."""
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(seconds=DAY_SECONDS)
