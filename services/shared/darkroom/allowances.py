"""What a caller may use: requests a second, and jobs and bytes a day."""

import math
from dataclasses import dataclass
from typing import Final

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
            raise ValueError(f"a rate is 0.001 to {HIGHEST_RATE} requests a second")
        if not 1 <= self.burst <= HIGHEST_BURST:
            raise ValueError(f"a burst is 1 to {HIGHEST_BURST} requests")

    @classmethod
    def of(cls, per_second: float, burst: int | None = None) -> "Rate":
        """The rate; its burst is what comes in a second, unless it is given."""
        return cls(per_second=per_second, burst=math.ceil(per_second) if burst is None else burst)


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """Limits; None is no limit. Days are those of UTC. Raises ValueError for a quota below 1."""

    rate: Rate | None = None
    jobs_per_day: int | None = None
    bytes_per_day: int | None = None

    def __post_init__(self) -> None:
        if any(quota is not None and quota < 1 for quota in (self.jobs_per_day, self.bytes_per_day)):
            raise ValueError("a quota is at least 1")

    @property
    def has_quota(self) -> bool:
        """Whether anything is counted by the day."""
        return self.jobs_per_day is not None or self.bytes_per_day is not None

    def or_else(self, other: "Allowance") -> "Allowance":
        """These limits, and the other's where there is none."""
        return Allowance(
            rate=self.rate or other.rate,
            jobs_per_day=self.jobs_per_day or other.jobs_per_day,
            bytes_per_day=self.bytes_per_day or other.bytes_per_day,
        )


UNLIMITED: Final = Allowance()
