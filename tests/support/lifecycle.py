"""Computes what S3's lifecycle rules do to objects. The emulator stores the rules, but does not apply them.

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
    """When a version stops being the current one of its key, and when it is deleted. None means never."""

    hidden_at: datetime | None
    deleted_at: datetime | None


def fate(
    rules: "Iterable[LifecycleRuleOutputTypeDef]", put_at: datetime, *, replaced_at: datetime | None = None
) -> Fate:
    """Return what happens to a version that was put at `put_at`, and perhaps replaced or deleted at `replaced_at`."""
    (rule,) = [rule for rule in rules if rule["Status"] == "Enabled"]
    days = rule.get("Expiration", {}).get("Days")
    expires_at = next_midnight(put_at + days * DAY) if days else None
    hidden_at = min((moment for moment in (replaced_at, expires_at) if moment), default=None)
    if hidden_at is None:
        return Fate(hidden_at=None, deleted_at=None)
    noncurrent_days = rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
    return Fate(hidden_at=hidden_at, deleted_at=next_midnight(hidden_at + noncurrent_days * DAY))


def next_midnight(moment: datetime) -> datetime:
    """Return the moment itself if it is midnight UTC, otherwise the next midnight."""
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == moment else midnight + DAY
