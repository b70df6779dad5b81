"""A token bucket that is stored as one number: the moment at which it is full again.

Each request takes a token, which moves that moment one interval later. So nothing has to be added up as time passes,
and one comparison says whether a token is left. This is the generic cell rate algorithm (ITU-T I.371, annex A); the
moment is its "theoretical arrival time". Moments and intervals are whole microseconds.
"""

import math
from dataclasses import dataclass
from typing import Final, Self

from darkroom.accounts.allowances import Rate

MICROSECONDS: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class TokenBucket:
    """The arithmetic of one rate."""

    size: int
    """Tokens in a full bucket."""
    interval: int
    """Microseconds until one token comes back."""

    @classmethod
    def of(cls, rate: Rate) -> Self:
        """Return the bucket for a rate."""
        return cls(size=rate.burst, interval=round(MICROSECONDS / rate.per_second))

    def latest(self, now: int) -> int:
        """Return the latest moment of being full at which the bucket has a token now."""
        return now + (self.size - 1) * self.interval

    def tokens(self, full_at: int, now: int) -> int:
        """Return how many whole tokens the bucket has."""
        return self.size - _ceil(max(0, full_at - now), self.interval)

    def seconds_to_token(self, full_at: int, now: int) -> int:
        """Return the whole seconds until the bucket has a token; 0 if it has one now."""
        return _ceil(max(0, full_at - self.latest(now)), MICROSECONDS)

    def seconds_to_full(self, full_at: int, now: int) -> int:
        """Return the whole seconds until the bucket is full."""
        return _ceil(max(0, full_at - now), MICROSECONDS)

    @property
    def seconds(self) -> int:
        """Seconds in which an empty bucket fills, at least 1."""
        return max(1, math.ceil(self.size * self.interval / MICROSECONDS))


def _ceil(part: int, whole: int) -> int:
    return -(-part // whole)
