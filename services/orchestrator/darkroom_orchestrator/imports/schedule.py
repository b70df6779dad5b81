"""The pauses between the tries of an import. Five tries of two minutes and their pauses take less than 15 minutes."""

from typing import Final

from darkroom.runtime.queue import Delivery

PAUSES_SECONDS: Final = (5, 20, 60, 180)
"""Pauses after the first tries. The last one is used for all further receives."""


def pause(delivery: Delivery, *, longest_seconds: int = PAUSES_SECONDS[-1]) -> int:
    """Return the pause by how often the message was received, and at most `longest_seconds`."""
    return min(PAUSES_SECONDS[min(delivery.receives, len(PAUSES_SECONDS)) - 1], longest_seconds)
