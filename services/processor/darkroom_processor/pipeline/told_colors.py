"""Brings pictures whose colours are told by numbers to 8-bit sRGB."""

import io
from functools import lru_cache
from typing import Final

from PIL import Image, ImageCms

from darkroom_processor.pipeline.color import conversion, icc, levels, transparency
from darkroom_processor.pipeline.colorimetry import icc_profile
from darkroom_processor.pipeline.colorimetry.color_space import ColorSpace
from darkroom_processor.pipeline.colorimetry.transfer import Transfer, srgb_level

_EIGHT_BIT: Final = 256
SIXTEEN_BIT: Final = 65536
_KEPT: Final = 16
"""Colours whose tables are kept: files of one source tell the same."""


def to_working(image: Image.Image, told: ColorSpace) -> Image.Image:
    """The picture in a working mode (see `conversion.to_working_mode`), converted from these colours to sRGB."""
    if levels.has_sixteen_bits(image):
        # The lower half of a level matters where dark tones are spread.
        eight_bit = image.convert("I").point(table(told.transfer, SIXTEEN_BIT), "L")
        return transparency.with_transparent_level(eight_bit, image)
    working = conversion.to_working_mode(image, None)
    channels = working.mode.removesuffix("A")
    if channels == "RGB" and not told.has_srgb_primaries:
        converted = icc.apply_transform(_transform(told), working.convert("RGB"))
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
def _transform(told: ColorSpace) -> ImageCms.ImageCmsTransform:
    written = icc_profile.write_profile(told.primaries, told.transfer)
    return icc.build_transform(ImageCms.ImageCmsProfile(io.BytesIO(written)), icc.srgb_profile(), "RGB")
