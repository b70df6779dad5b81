"""Converts pictures to 8-bit sRGB from a colour space that the file describes without an ICC profile."""

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
"""Number of levels of a channel."""
_CACHED: Final = 16
"""Number of tables and transforms to cache. Files from one camera or program mostly have the same colour space."""


def to_srgb(image: Image.Image, color_space: ColorSpace) -> Image.Image:
    """Return the picture in a working mode (see `conversion.to_working_mode`), converted to sRGB."""
    if levels.has_sixteen_bits(image):
        # Transfer functions spread dark tones, so the lower byte of a level matters.
        eight_bit = image.convert("I").point(table(color_space.transfer, SIXTEEN_BIT), "L")
        return transparency.with_transparent_level(eight_bit, image)
    working = conversion.to_working_mode(image, None)
    channels = working.mode.removesuffix("A")
    if channels == "RGB" and not color_space.has_srgb_primaries:
        converted = icc.apply_transform(_transform(color_space), working.convert("RGB"))
    else:
        converted = working.convert(channels).point(table(color_space.transfer, _EIGHT_BIT) * len(channels))
    if channels != working.mode:
        converted.putalpha(working.getchannel("A"))
    return converted


@lru_cache(_CACHED)
def table(transfer: Transfer, levels: int) -> list[int]:
    """Return the 8-bit sRGB level for each level of a channel that has `levels` levels."""
    lights = (transfer.light(level / (levels - 1)) for level in range(levels))
    return [round(255 * srgb_level(light)) for light in lights]


@lru_cache(_CACHED)
def _transform(color_space: ColorSpace) -> ImageCms.ImageCmsTransform:
    written = icc_profile.write_profile(color_space.primaries, color_space.transfer)
    return icc.build_transform(ImageCms.ImageCmsProfile(io.BytesIO(written)), icc.srgb_profile(), "RGB")
