"""When a webhook that was not taken is sent again."""

import random
from collections.abc import Callable, Sequence
from typing import Final

from darkroom.runtime.consumer import Pause
from darkroom.runtime.queue import Delivery
from darkroom.topology import DELIVERY_ATTEMPTS

_JITTER: Final = 0.1
"""A tenth more or less, so that what failed together does not come back together."""


def longest_pause(schedule: Sequence[int], attempts: int) -> float:
    """Return the longest pause, in seconds, after this many attempts."""
    return schedule[min(attempts, len(schedule)) - 1] * (1 + _JITTER)


def pauses(schedule: Sequence[int], *, chance: Callable[[float, float], float] = random.uniform) -> Pause:
    """The pauses of a schedule, by how often a message was received; the last one stands for all that follow.

    After the last attempt there is none: the queue moves the message to its dead-letter queue when it comes back.
    """

    def pause(delivery: Delivery) -> int:
        if delivery.receives >= DELIVERY_ATTEMPTS:
            return 0
        seconds = schedule[min(delivery.receives, len(schedule)) - 1]
        return round(seconds * chance(1 - _JITTER, 1 + _JITTER))

    return pause
