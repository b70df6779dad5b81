"""Brings pictures whose colours are told by numbers to 8-bit sRGB."""

import io
from functools import lru_cache
from typing import Final

from PIL import Image, ImageCms

from darkroom_processor.pipeline import color
from darkroom_processor.pipeline.colorimetry import icc_profile
from darkroom_processor.pipeline.colorimetry.color_space import Told
from darkroom_processor.pipeline.colorimetry.transfer import Transfer, srgb_level

_EIGHT_BIT: Final = 256
SIXTEEN_BIT: Final = 65536
_KEPT: Final = 16
"""Colours whose tables are kept: files of one source tell the same."""


def to_working(image: Image.Image, told: Told) -> Image.Image:
    """The picture in one of the working modes (see `color.to_working`), converted from these colours to sRGB."""
    if color.has_sixteen_bits(image):
        # The lower half of a level matters where dark tones are spread.
        levels = image.convert("I").point(table(told.transfer, SIXTEEN_BIT), "L")
        return color.with_transparent_level(levels, image)
    working = color.to_working(image, None)
    channels = working.mode.removesuffix("A")
    if channels == "RGB" and not told.has_srgb_primaries:
        converted = color.applied(_transform(told), working.convert("RGB"))
    else:
        converted = working.convert(channels).point(table(told.transfer, _EIGHT_BIT) * len(channels))
    if channels != working.mode:
        converted.putalpha(working.getchannel("A"))
    return converted


@lru_cache(_KEPT)
def table(transfer: Transfer, levels: int) -> list[int]:
    """The 8-bit level of sRGB for each level of a channel, of which there are so many."""
    lights = (transfer.light(level / (levels - 1)) for level in range(levels))
    return [round(255 * srgb_level(light)) for light in lights]


@lru_cache(_KEPT)
def _transform(told: Told) -> ImageCms.ImageCmsTransform:
    written = icc_profile.written(told.primaries, told.transfer)
    return color.transform(ImageCms.ImageCmsProfile(io.BytesIO(written)), color.srgb(), "RGB")
