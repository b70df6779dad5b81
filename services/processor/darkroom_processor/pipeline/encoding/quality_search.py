"""Finds the best quality that keeps a file within a number of bytes."""

from collections.abc import Callable

from darkroom.errors import OutputLimit


def best_quality_within(limit: int, highest: int, encode_at: Callable[[int], bytes], *, tries: int = 8) -> bytes:
    """Return the file of the highest quality found, from 1 to `highest`, that has at most `limit` bytes.

    Searches by bisection. Eight tries find the exact quality; fewer tries find a lower one, in less time. Raises
    OutputLimit when the file is too large even at quality 1.
    """
    data = encode_at(highest)
    if len(data) <= limit:
        return data
    best: bytes | None = None
    low, high = 1, highest - 1
    while low <= high and tries > 1:
        tries -= 1
        quality = (low + high) // 2
        data = encode_at(quality)
        if len(data) <= limit:
            best, low = data, quality + 1
        else:
            high = quality - 1
    best = best or encode_at(1)
    if len(best) > limit:
        raise result_too_large(len(best), limit)
    return best


def result_too_large(actual: int, limit: int) -> OutputLimit:
    """Return the error for a file that cannot be made small enough. Both numbers are bytes."""
    message = (
        f"The result has at least {actual} bytes. The recipe allows {limit}: raise `max_bytes` or make it smaller."
    )
    return OutputLimit(message, limit=limit, actual=actual)
