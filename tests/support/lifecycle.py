"""What S3 does to objects by lifecycle rules. The emulator stores the rules and does not act on them.

Source: Amazon S3 User Guide, "Lifecycle configuration elements" and "Expiring objects".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types_aiobotocore_s3.type_defs import LifecycleRuleOutputTypeDef

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Fate:
    """When a version ceases to be what its key stands for, and when it is deleted. None for never."""

    hidden_at: datetime | None
    deleted_at: datetime | None


def fate(
    rules: "Iterable[LifecycleRuleOutputTypeDef]", put_at: datetime, *, replaced_at: datetime | None = None
) -> Fate:
    """What the rules make of a version that was put at one moment and, perhaps, replaced or deleted at another."""
    (rule,) = [rule for rule in rules if rule["Status"] == "Enabled"]
    days = rule.get("Expiration", {}).get("Days")
    expires_at = next_midnight(put_at + days * DAY) if days else None
    hidden_at = min((moment for moment in (replaced_at, expires_at) if moment), default=None)
    if hidden_at is None:
        return Fate(hidden_at=None, deleted_at=None)
    noncurrent_days = rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
    return Fate(hidden_at=hidden_at, deleted_at=next_midnight(hidden_at + noncurrent_days * DAY))


def next_midnight(moment: datetime) -> datetime:
    """The moment itself if it is midnight UTC, else the midnight after it."""
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == moment else midnight + DAY
