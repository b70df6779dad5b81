"""Brings 16-bit, 32-bit and floating-point levels down to 8 bits."""

import math
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageMath

SIXTEEN_BIT: Final = 65535
"""The highest 16-bit level."""
_LARGEST_FLOAT: Final = 3.4e38


def has_sixteen_bits(image: Image.Image) -> bool:
    """Return whether a loaded image is grey with more levels than 8 bits have."""
    return image.mode == "I" or image.mode.startswith("I;16")


def integers_to_levels(image: Image.Image) -> Image.Image:
    """Return an image of mode `I` as `L`.

    Whole numbers count as 16-bit levels. An image with numbers outside that range is stretched between its own
    lowest and highest number.
    """
    lowest, highest = _extremes(image)
    if lowest < 0 or highest > SIXTEEN_BIT:
        return _stretched(image, lowest, highest)
    return image.point(lambda level: level * (255 / SIXTEEN_BIT) + 0.5).convert("L")


def floats_to_levels(channels: Sequence[Image.Image], *, bounded: bool) -> list[Image.Image]:
    """Return channels of mode `F` as `L`, all on the same scale.

    `bounded` channels run from 0 to 1, unless one of them goes beyond. All others are stretched between the lowest and
    the highest number among them.
    """
    finite = [_finite(channel) for channel in channels]
    extremes = [_extremes(channel) for channel in finite]
    lowest, highest = min(low for low, _ in extremes), max(high for _, high in extremes)
    if bounded and lowest >= 0 and highest <= 1:
        lowest, highest = 0, 1
    return [_stretched(channel, lowest, highest) for channel in finite]


def clip_floats(channel: Image.Image) -> Image.Image:
    """Return a channel of mode `F` as `L`: numbers from 0 to 1 are levels, and numbers beyond are clipped."""
    return _stretched(_finite(channel), 0, 1)


def _finite(image: Image.Image) -> Image.Image:
    """Replace infinite numbers by the nearest finite one in the image, and NaN by the lowest.

    With a single infinity as an extreme, all other levels would become equal.
    """
    if all(math.isfinite(level) for level in _extremes(image)):
        return image
    known = ImageMath.lambda_eval(lambda of: of["levels"] - of["levels"] == 0, levels=image).convert("L")
    if not known.getbbox():
        return Image.new("F", image.size)
    unknown = known.point([255, *[0] * 255])
    lowest, _ = _extremes(_filled(image, _LARGEST_FLOAT, unknown))
    _, highest = _extremes(_filled(image, -_LARGEST_FLOAT, unknown))
    # Comparisons with NaN are false, and `max` then returns its second operand.
    finite: Image.Image = ImageMath.lambda_eval(
        lambda of: of["min"](of["max"](of["levels"], lowest), highest), levels=image
    )
    return finite


def _filled(image: Image.Image, level: float, mask: Image.Image) -> Image.Image:
    filled = image.copy()
    filled.paste(level, mask=mask)
    return filled


def _stretched(image: Image.Image, lowest: float, highest: float) -> Image.Image:
    scale = 255 / (highest - lowest) if highest > lowest else 0.0
    floats = image.convert("F").point(lambda level: level * scale + (0.5 - lowest * scale))
    return floats.convert("L")


def _extremes(image: Image.Image) -> tuple[float, float]:
    lowest, highest = image.getextrema()
    return lowest, highest  # type: ignore[return-value]  # A single-band image has one pair of extremes.
