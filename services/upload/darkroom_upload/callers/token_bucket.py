"""A token bucket as one number: the moment at which it is full again.

A request takes a token, and with that the bucket is full one interval later. So nothing has to be added up as time
passes, and one comparison tells whether there is a token left: the generic cell rate algorithm (ITU-T I.371, annex A),
whose "theoretical arrival time" this moment is. Moments and intervals are whole microseconds.
"""

import math
from dataclasses import dataclass
from typing import Final, Self

from darkroom.accounts.allowances import Rate

MICROSECONDS: Final = 1_000_000


@dataclass(frozen=True, kw_only=True)
class TokenBucket:
    """The arithmetic of a bucket."""

    size: int
    """Tokens of a full bucket."""
    interval: int
    """Microseconds in which one token comes back."""

    @classmethod
    def of(cls, rate: Rate) -> Self:
        """The bucket that lets a rate through."""
        return cls(size=rate.burst, interval=round(MICROSECONDS / rate.per_second))

    def latest(self, now: int) -> int:
        """The bucket has a token unless it is full only later than this."""
        return now + (self.size - 1) * self.interval

    def tokens(self, full_at: int, now: int) -> int:
        """Whole tokens in it."""
        return self.size - _ceil(max(0, full_at - now), self.interval)

    def seconds_to_token(self, full_at: int, now: int) -> int:
        """Whole seconds after which it has a token; 0 when it has one now."""
        return _ceil(max(0, full_at - self.latest(now)), MICROSECONDS)

    def seconds_to_full(self, full_at: int, now: int) -> int:
        """Whole seconds after which it is full."""
        return _ceil(max(0, full_at - now), MICROSECONDS)

    @property
    def seconds(self) -> int:
        """In how many seconds an empty bucket fills, at least one."""
        return max(1, math.ceil(self.size * self.interval / MICROSECONDS))


def _ceil(part: int, whole: int) -> int:
    return -(-part // whole)
