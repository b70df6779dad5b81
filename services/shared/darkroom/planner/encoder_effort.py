"""Limits on the work of encoders: their effort, and how often they run."""

from typing import Final

_LARGE_AVIF: Final = 8_000_000
"""Pixels above which the effort is at most 2. With more, an image of 50 megapixels would exceed the time limit."""
_LARGE_AVIF_EFFORT: Final = 2

_PNG_BY_THE_ROW_FROM: Final = 6
_LARGE_PNG: Final = 4_000_000
"""Pixels above which the rows of a PNG are not optimised one by one, which takes 0.3 s a megapixel."""

_LARGE_SEARCH: Final = 4_000_000
"""Pixels above which fewer qualities are tried to keep to `max_bytes`."""


def avif_effort(effort: int, pixels: int) -> int:
    """Return the effort for an AVIF with this number of pixels in all frames, at most the one asked for."""
    return min(effort, _LARGE_AVIF_EFFORT) if pixels > _LARGE_AVIF else effort


def png_by_the_row(effort: int, pixels: int) -> bool:
    """Return whether a PNG is also written with the best filter for each row, to keep the smaller of the two.

    It saves up to a fifth for images that are composed of others. Photos and drawings are smaller without it.
    """
    return effort >= _PNG_BY_THE_ROW_FROM and pixels <= _LARGE_PNG


def search_tries(pixels: int) -> int:
    """Return the most tries to keep to `max_bytes`, for an image with this number of pixels in all frames."""
    return 8 if pixels <= _LARGE_SEARCH else 4
