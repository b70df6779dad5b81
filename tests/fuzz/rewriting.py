"""Checks results without operations: the same pixels, and no more bytes than the original unless a warning says so."""

from collections.abc import Awaitable, Callable
from typing import Final

from darkroom.formats import SNIFF_BYTES, ImageFormat, sniff
from darkroom.jobs import VariantWarning
from darkroom.recipes import Variant
from darkroom_processor.pipeline import EncodedVariant
from darkroom_processor.pipeline.passthrough import webp
from tests.support.shown_frames import Shown, shown

REWRITTEN: Final = Variant.model_validate(
    {"name": "rewritten", "output": {"format": "same", "quality": 100, "frames": "all", "effort": 1}}
)
"""A higher quality than that of most sources, so that a copy of their coded pixels is shorter."""
PLAIN: Final = Variant.model_validate({"name": "plain", "output": {"format": "png", "frames": "all", "effort": 1}})

Make = Callable[[bytes, Variant], Awaitable[EncodedVariant | None]]
"""Makes a variant of a file. None if there is no result."""

_LOSSY: Final = frozenset({ImageFormat.JPEG, ImageFormat.JPEG2000, ImageFormat.AVIF})
_MOST_MEAN_DIFFERENCE: Final = 25
"""The largest mean difference after lossy encoding, in levels of 255."""


async def check(data: bytes, made: EncodedVariant, make: Make) -> None:
    """Compare a result of REWRITTEN to its original. Raises AssertionError."""
    assert len(made.data) <= len(data) or VariantWarning.LARGER_THAN_SOURCE in made.warnings
    before, after = await make(data, PLAIN), await make(made.data, PLAIN)
    if before is None:
        return
    assert after is not None, "the result cannot be decoded"
    if _is_lossy(data):
        assert _mean_difference(shown(before.data), shown(after.data)) <= _MOST_MEAN_DIFFERENCE
    else:
        assert shown(before.data) == shown(after.data)


def _is_lossy(data: bytes) -> bool:
    image_format = sniff(data[:SNIFF_BYTES])
    return image_format in _LOSSY or (image_format is ImageFormat.WEBP and not webp.is_lossless(data))


def _mean_difference(before: Shown, after: Shown) -> float:
    """Return the mean difference of the first frames, in levels."""
    pixels = before[0][1], after[0][1]
    assert len(pixels[0]) == len(pixels[1])
    return sum(abs(one - other) for one, other in zip(*pixels, strict=True)) / len(pixels[0])
