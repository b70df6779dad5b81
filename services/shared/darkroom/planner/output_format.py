"""Which format a variant is written in, and whether it moves."""

from typing import Final

from darkroom.formats import ImageFormat
from darkroom.recipes import Output, OutputFormat

ANIMATED: Final = frozenset({ImageFormat.GIF, ImageFormat.WEBP, ImageFormat.PNG, ImageFormat.AVIF})
"""The formats of animations. The pages of a TIFF are none: they may be of different sizes, and have no time."""

# What `same` means for formats that are read only.
_STAND_INS: Final = {
    ImageFormat.JPEG2000: ImageFormat.JPEG,
    ImageFormat.BMP: ImageFormat.PNG,
    ImageFormat.ICO: ImageFormat.PNG,
    ImageFormat.PPM: ImageFormat.PNG,
}


def choose_format(
    output: Output, source: ImageFormat, *, has_alpha: bool, animated: bool, flat: bool = False
) -> ImageFormat:
    """The format to write, for a source of this format and a picture that has, or is, what the flags say."""
    if output.format is OutputFormat.SAME:
        return _STAND_INS.get(source, source)
    if output.format is not OutputFormat.AUTO:
        return ImageFormat(output.format.value)
    if animated:
        return ImageFormat.WEBP
    if flat or output.lossless:
        return ImageFormat.PNG
    return ImageFormat.WEBP if has_alpha else ImageFormat.JPEG


def keeps_frames(output: Output, source: ImageFormat) -> bool:
    """Whether what is made of several frames in this format is an animation."""
    if output.frames != "all" or source not in ANIMATED:
        return False
    return choose_format(output, source, has_alpha=True, animated=True) in ANIMATED
