"""The limits of a caller: requests a second, jobs and bytes a day, stored bytes."""

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

UNLIMITED: Final = "unlimited"
"""Word for "no limit" in settings, stages and API keys. Without a value the default limit applies."""
Unlimited = Literal["unlimited"]

HIGHEST_RATE: Final = 500
"""Highest rate, in requests a second. Each request is a write of one item; DynamoDB allows about 1000 of them a second.
"""

HIGHEST_BURST: Final = 1_000_000
"""Most requests of a burst."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A rate limit. Raises ValueError for values out of range."""

    per_second: float
    """Requests a second on average."""
    burst: int
    """Requests at once after a pause."""

    def __post_init__(self) -> None:
        if not 0.001 <= self.per_second <= HIGHEST_RATE:
            raise ValueError(f"a rate must be from 0.001 to {HIGHEST_RATE} requests a second")
        if not 1 <= self.burst <= HIGHEST_BURST:
            raise ValueError(f"a burst must be from 1 to {HIGHEST_BURST} requests")

    @classmethod
    def of(cls, per_second: float, burst: int | None = None) -> "Rate":
        """Return the rate. The default burst is the requests of one second, rounded up."""
        return cls(per_second=per_second, burst=math.ceil(per_second) if burst is None else burst)


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """The limits of a caller; None is no limit. Days begin at 00:00 UTC."""

    rate: Rate | None = None
    jobs_per_day: int | None = None
    bytes_per_day: int | None = None
    stored_bytes: int | None = None
    """Bytes that the caller's owner may store: the results and manifests of all its jobs."""

    @property
    def has_quota(self) -> bool:
        """Return whether jobs or bytes are limited by the day."""
        return self.jobs_per_day is not None or self.bytes_per_day is not None


NO_LIMITS: Final = Allowance()

DEFAULT_REQUESTS_PER_SECOND: Final = 20.0
DEFAULT_BURST: Final = 100
DEFAULT_JOBS_PER_DAY: Final = 10_000
DEFAULT_BYTES_PER_DAY: Final = 20 * 1024**3
DEFAULT_STORED_BYTES: Final = 100 * 1024**3
"""Limits of an installation by default: more than a busy application needs."""


@dataclass(frozen=True, kw_only=True)
class KeyLimits:
    """The limits of an API key: each is a number, `unlimited`, or None for the installation's default.

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
        """Return the limits of a caller with this key. `default` applies where the key has None."""
        return Allowance(
            rate=_chosen(self.rate, default.rate),
            jobs_per_day=_chosen(self.jobs_per_day, default.jobs_per_day),
            bytes_per_day=_chosen(self.bytes_per_day, default.bytes_per_day),
            stored_bytes=_chosen(self.stored_bytes, default.stored_bytes),
        )


DEFAULTS: Final = KeyLimits()
"""Limits of a key that uses the installation's defaults."""

L = TypeVar("L", Rate, int)


def _chosen(own: L | Unlimited | None, default: L | None) -> L | None:
    if own is None:
        return default
    return None if isinstance(own, str) else own
