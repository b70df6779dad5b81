"""Finds the best quality that keeps to a number of bytes."""

from collections.abc import Callable

from darkroom.errors import OutputLimit


def best_quality_within(limit: int, highest: int, encode_at: Callable[[int], bytes], *, tries: int = 8) -> bytes:
    """The bytes at the highest quality found, from 1 to `highest`, that are at most `limit` long.

    By bisection: eight tries find the very quality, fewer one below it, in less time. Raises OutputLimit when not even
    quality 1 will do.
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
    """The error for a result that cannot be made short enough."""
    return OutputLimit(
        f"The result has {actual} bytes at its smallest; the recipe allows {limit}.", limit=limit, actual=actual
    )
