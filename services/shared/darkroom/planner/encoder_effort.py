"""How much work an encoder is given: how thorough it is, and how often it runs."""

from typing import Final

_LARGE_AVIF: Final = 8_000_000
"""Pixels above which effort 2 is the most: at more a picture of 50 megapixels takes longer than one image may."""
_LARGE_AVIF_EFFORT: Final = 2

_PNG_BY_THE_ROW_FROM: Final = 6
_LARGE_PNG: Final = 4_000_000
"""Pixels above which no row of a PNG is looked at by itself: that takes 0.3 s a megapixel."""

_LARGE_SEARCH: Final = 4_000_000
"""Pixels above which fewer qualities are tried for a number of bytes."""


def avif_effort(effort: int, pixels: int) -> int:
    """The effort that an AVIF of so many pixels, all frames counted, gets of the one that was asked for."""
    return min(effort, _LARGE_AVIF_EFFORT) if pixels > _LARGE_AVIF else effort


def png_by_the_row(effort: int, pixels: int) -> bool:
    """Whether a PNG of so many pixels is also written with each row stored in its own way, should that be shorter.

    It is by a fifth at most, of pictures put together from others; photos and drawings are shorter as they are.
    """
    return effort >= _PNG_BY_THE_ROW_FROM and pixels <= _LARGE_PNG


def search_tries(pixels: int) -> int:
    """How often a picture of so many pixels, all frames counted, is encoded at most to keep to a number of bytes."""
    return 8 if pixels <= _LARGE_SEARCH else 4
