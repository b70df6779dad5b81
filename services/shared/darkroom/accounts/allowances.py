"""What a caller may use: requests a second, and jobs and bytes a day."""

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

UNLIMITED: Final = "unlimited"
"""The word that settings, stages and API keys say instead of a limit. To say nothing is to take the default."""
Unlimited = Literal["unlimited"]

HIGHEST_RATE: Final = 500
"""Requests a second. Each is a write to one item, of which DynamoDB takes a thousand a second."""

HIGHEST_BURST: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Requests a second in the long run, and how many at once after a rest. Raises ValueError for one that is none."""

    per_second: float
    burst: int

    def __post_init__(self) -> None:
        if not 0.001 <= self.per_second <= HIGHEST_RATE:
            raise ValueError(f"a rate must be from 0.001 to {HIGHEST_RATE} requests a second")
        if not 1 <= self.burst <= HIGHEST_BURST:
            raise ValueError(f"a burst must be from 1 to {HIGHEST_BURST} requests")

    @classmethod
    def of(cls, per_second: float, burst: int | None = None) -> "Rate":
        """The rate; its burst is what comes in a second, unless it is given."""
        return cls(per_second=per_second, burst=math.ceil(per_second) if burst is None else burst)


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """The limits of a caller; None is no limit. Days are those of UTC."""

    rate: Rate | None = None
    jobs_per_day: int | None = None
    bytes_per_day: int | None = None
    stored_bytes: int | None = None
    """Of the caller's owner: what all of their jobs have made and not deleted."""

    @property
    def has_quota(self) -> bool:
        """Whether anything is counted by the day."""
        return self.jobs_per_day is not None or self.bytes_per_day is not None


NO_LIMITS: Final = Allowance()

DEFAULT_REQUESTS_PER_SECOND: Final = 20.0
DEFAULT_BURST: Final = 100
DEFAULT_JOBS_PER_DAY: Final = 10_000
DEFAULT_BYTES_PER_DAY: Final = 20 * 1024**3
DEFAULT_STORED_BYTES: Final = 100 * 1024**3
"""Limits of an installation that says nothing else: more than a busy application needs, and not without end."""


@dataclass(frozen=True, kw_only=True)
class KeyLimits:
    """The limits that an API key has of its own: a limit, `unlimited`, or None for the installation's default.

    Raises ValueError for a quota below 1.
    """

    rate: Rate | Unlimited | None = None
    jobs_per_day: int | Unlimited | None = None
    bytes_per_day: int | Unlimited | None = None
    stored_bytes: int | Unlimited | None = None

    def __post_init__(self) -> None:
        quotas = (self.jobs_per_day, self.bytes_per_day, self.stored_bytes)
        if any(isinstance(quota, int) and quota < 1 for quota in quotas):
            raise ValueError("a quota must be at least 1")

    def within(self, default: Allowance) -> Allowance:
        """Return what a caller with these limits may use; `default` counts where the key says nothing."""
        return Allowance(
            rate=_chosen(self.rate, default.rate),
            jobs_per_day=_chosen(self.jobs_per_day, default.jobs_per_day),
            bytes_per_day=_chosen(self.bytes_per_day, default.bytes_per_day),
            stored_bytes=_chosen(self.stored_bytes, default.stored_bytes),
        )


DEFAULTS: Final = KeyLimits()
"""The limits of a key that has none of its own."""

L = TypeVar("L", Rate, int)


def _chosen(own: L | Unlimited | None, default: L | None) -> L | None:
    if own is None:
        return default
    return None if isinstance(own, str) else own
