"""How much work an encoder is given: how thorough it is, and how often it runs."""

from typing import Final

_LARGE_AVIF: Final = 8_000_000
"""Pixels above which effort 2 is the most: at more a picture of 50 megapixels takes longer than one image may."""
_LARGE_AVIF_EFFORT: Final = 2

_LARGE_SEARCH: Final = 4_000_000
"""Pixels above which fewer qualities are tried for a number of bytes."""


def avif_effort(effort: int, pixels: int) -> int:
    """The effort that an AVIF of so many pixels, all frames counted, gets of the one that was asked for."""
    return min(effort, _LARGE_AVIF_EFFORT) if pixels > _LARGE_AVIF else effort


def search_tries(pixels: int) -> int:
    """How often a picture of so many pixels, all frames counted, is encoded at most to keep to a number of bytes."""
    return 8 if pixels <= _LARGE_SEARCH else 4
