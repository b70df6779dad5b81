"""The rules for sending a request again."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

PASSING_STATUSES: Final = frozenset({429, 502, 503, 504})
"""Too many requests, or something on the way to the service is away or busy."""


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often a request is sent, and how long the pauses are.

    A service that asks for a longer pause than `longest_pause` is not waited for: a daily quota comes back tomorrow.
    """

    tries: int = 4
    """Times that a request is sent, at most."""
    first_pause: float = 0.5
    """Seconds; it doubles with each further try."""
    longest_pause: float = 30
    """Seconds."""
    draw: Callable[[], float] = random.random
    """Returns a number from 0 to 1: clients that failed together do not come again together."""

    def pause(self, tried: int, asked_for: float | None) -> float | None:
        """Return the seconds to wait after `tried` tries, or None to give up. `asked_for` is what the service said."""
        if tried >= self.tries:
            return None
        if asked_for is None:
            doubled = self.first_pause * 2.0 ** (tried - 1)
            return min(self.longest_pause, doubled) * (0.5 + 0.5 * self.draw())
        if asked_for > self.longest_pause:
            return None
        return asked_for + min(1.0, 0.1 * asked_for + 0.1) * self.draw()
