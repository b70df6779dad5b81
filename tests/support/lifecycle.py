"""Computes what S3's lifecycle rules do to objects. The emulator stores the rules, but does not apply them.

Source: Amazon S3 User Guide, "Lifecycle configuration elements" and "Expiring objects".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types_aiobotocore_s3.type_defs import LifecycleRuleOutputTypeDef

DAY: Final = timedelta(days=1)
NO_TAGS: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, kw_only=True)
class Fate:
    """When a version stops being the current one of its key, and when it is deleted. None means never."""

    hidden_at: datetime | None
    deleted_at: datetime | None


def fate(
    rules: "Iterable[LifecycleRuleOutputTypeDef]",
    put_at: datetime,
    *,
    key: str,
    tags: Mapping[str, str] = NO_TAGS,
    replaced_at: datetime | None = None,
) -> Fate:
    """Return what happens to a version that was put at `put_at`, and perhaps replaced or deleted at `replaced_at`.

    If several rules are about it, the shortest time counts.
    """
    found = [rule for rule in rules if rule["Status"] == "Enabled" and _is_about(rule, key, tags)]
    days = min((rule["Expiration"]["Days"] for rule in found if "Days" in rule.get("Expiration", {})), default=None)
    expires_at = next_midnight(put_at + days * DAY) if days else None
    hidden_at = min((moment for moment in (replaced_at, expires_at) if moment), default=None)
    noncurrent = [rule["NoncurrentVersionExpiration"] for rule in found if "NoncurrentVersionExpiration" in rule]
    if hidden_at is None or not noncurrent:
        return Fate(hidden_at=hidden_at, deleted_at=None)
    old_for = min(expiry["NoncurrentDays"] for expiry in noncurrent)
    return Fate(hidden_at=hidden_at, deleted_at=next_midnight(hidden_at + old_for * DAY))


def _is_about(rule: "LifecycleRuleOutputTypeDef", key: str, tags: Mapping[str, str]) -> bool:
    chosen = rule["Filter"]
    tag = chosen.get("Tag")
    return key.startswith(chosen.get("Prefix", "")) and (tag is None or tags.get(tag["Key"]) == tag["Value"])


def next_midnight(moment: datetime) -> datetime:
    """Return the moment itself if it is midnight UTC, otherwise the next midnight."""
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == moment else midnight + DAY
