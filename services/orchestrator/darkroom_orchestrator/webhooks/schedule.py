"""The pauses between the attempts of a webhook."""

import random
from collections.abc import Callable, Sequence
from typing import Final

from darkroom.runtime.consumer import Pause
from darkroom.runtime.queue import Delivery
from darkroom.topology import DELIVERY_ATTEMPTS

_JITTER: Final = 0.1
"""Each pause is up to a tenth longer or shorter, so that webhooks that fail together do not come back together."""


def longest_pause(schedule: Sequence[int], attempts: int) -> float:
    """Return the longest pause after this many attempts, in seconds."""
    return schedule[min(attempts, len(schedule)) - 1] * (1 + _JITTER)


def pauses(schedule: Sequence[int], *, chance: Callable[[float, float], float] = random.uniform) -> Pause:
    """Return the pause of a schedule by the number of receives. The last one also follows all later receives.

    After the last attempt the pause is 0: the queue then moves the message to its dead-letter queue.
    """

    def pause(delivery: Delivery) -> int:
        if delivery.receives >= DELIVERY_ATTEMPTS:
            return 0
        seconds = schedule[min(delivery.receives, len(schedule)) - 1]
        return round(seconds * chance(1 - _JITTER, 1 + _JITTER))

    return pause
