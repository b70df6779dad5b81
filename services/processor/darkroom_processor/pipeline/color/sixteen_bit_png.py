"""Reads all 16 bits of the colours of a PNG. Pillow decodes only the upper eight.

The lower bits matter because transfer functions spread dark tones: level 1 of 255 in linear light is 13 in sRGB.
"""

import io
from typing import Final

from PIL import Image

from darkroom_processor.pipeline.color.conversion import to_working_mode
from darkroom_processor.pipeline.color.space_conversion import SIXTEEN_BIT, table
from darkroom_processor.pipeline.colorimetry.color_space import SRGB_TRANSFER, ColorSpace

_DEPTH_AT: Final = 24
"""Offset of the bit depth in a PNG: in `IHDR`, after width and height."""


def with_srgb_transfer(data: bytes, upper: Image.Image, color_space: ColorSpace) -> tuple[Image.Image, ColorSpace]:
    """Return the picture of a PNG in 8-bit levels of sRGB's transfer function, and its colour space after that.

    `upper` is the picture that Pillow decoded. It is returned unchanged unless the file has 16-bit red, green and blue.
    Raises what the decoder raises.
    """
    if upper.mode not in {"RGB", "RGBA"} or data[_DEPTH_AT] != SIXTEEN_BIT.bit_length() - 1:
        return upper, color_space
    lower = _lower_bytes(data, upper.mode)
    if lower is None:
        return upper, color_space
    levels = table(color_space.transfer, SIXTEEN_BIT)
    bands = [_combined(*halves).point(levels, "L") for halves in zip(lower.split()[:3], upper.split()[:3], strict=True)]
    picture = Image.merge("RGB", bands)
    working = to_working_mode(upper, None)
    if working.mode == "RGBA":
        picture.putalpha(working.getchannel("A"))
    return picture, ColorSpace(color_space.primaries, SRGB_TRANSFER)


def _lower_bytes(data: bytes, mode: str) -> Image.Image | None:
    """Decode the lower bytes, by naming the other byte order. None for other layouts, such as grey with alpha."""
    image = Image.open(io.BytesIO(data), formats=["PNG"])
    if image.tile[0].args != f"{mode};16B":
        return None
    image.tile = [image.tile[0]._replace(args=f"{mode};16L")]
    image.load()
    return image


def _combined(lower: Image.Image, upper: Image.Image) -> Image.Image:
    """Return 16-bit levels from their lower and upper bytes."""
    # A pixel of the mode `LA` has two bytes: here, those of a little-endian number.
    return Image.frombytes("I;16", upper.size, Image.merge("LA", (lower, upper)).tobytes()).convert("I")
