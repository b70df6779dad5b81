"""Reads all 16 bits of the colours of a PNG, of which Pillow decodes the upper eight.

The lower ones matter where a transfer function spreads dark tones: in linear light, the first of 255 steps becomes 13.
"""

import io
from typing import Final

from PIL import Image

from darkroom_processor.pipeline.color.conversion import to_working_mode
from darkroom_processor.pipeline.colorimetry.color_space import SRGB_CURVE, ColorSpace
from darkroom_processor.pipeline.told_colors import SIXTEEN_BIT, table

_DEPTH_AT: Final = 24
"""Where the header of a PNG tells the bits of a sample."""


def with_srgb_curve(data: bytes, upper: Image.Image, told: ColorSpace) -> tuple[Image.Image, ColorSpace]:
    """A PNG's picture in 8-bit levels of sRGB's transfer function, and what its colours are then.

    `upper` is the picture as Pillow decodes it. It comes back as it is unless the file has 16 bits of red, green and
    blue. Raises what the decoder raises.
    """
    if upper.mode not in {"RGB", "RGBA"} or data[_DEPTH_AT] != SIXTEEN_BIT.bit_length() - 1:
        return upper, told
    lower = _lower_bytes(data, upper.mode)
    if lower is None:
        return upper, told
    levels = table(told.transfer, SIXTEEN_BIT)
    bands = [_whole(*halves).point(levels, "L") for halves in zip(lower.split()[:3], upper.split()[:3], strict=True)]
    picture = Image.merge("RGB", bands)
    working = to_working_mode(upper, None)
    if working.mode == "RGBA":
        picture.putalpha(working.getchannel("A"))
    return picture, ColorSpace(told.primaries, SRGB_CURVE)


def _lower_bytes(data: bytes, mode: str) -> Image.Image | None:
    """The lower halves, decoded as if they were the upper ones of another byte order; None of grey with alpha."""
    image = Image.open(io.BytesIO(data), formats=["PNG"])
    if image.tile[0].args != f"{mode};16B":
        return None
    image.tile = [image.tile[0]._replace(args=f"{mode};16L")]
    image.load()
    return image


def _whole(lower: Image.Image, upper: Image.Image) -> Image.Image:
    """Both halves as numbers."""
    # A pixel of this mode is the two bytes of a little-endian number.
    return Image.frombytes("I;16", upper.size, Image.merge("LA", (lower, upper)).tobytes()).convert("I")
