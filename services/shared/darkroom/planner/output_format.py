"""The format of a result, and whether it is an animation."""

from typing import Final

from darkroom.formats import ImageFormat
from darkroom.recipes import Output, OutputFormat

ANIMATED: Final = frozenset({ImageFormat.GIF, ImageFormat.WEBP, ImageFormat.PNG, ImageFormat.AVIF})
"""The formats of animations. The pages of a TIFF are not an animation: they can differ in size and have no durations.
"""

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
    """Return the format of a result. The flags say whether it has transparency, is an animation, or is flat art."""
    if output.format is OutputFormat.SAME:
        return _STAND_INS.get(source, source)
    if output.format is not OutputFormat.AUTO:
        return ImageFormat(output.format.value)
    if animated:
        return ImageFormat.WEBP
    if flat or output.lossless:
        return ImageFormat.PNG
    return ImageFormat.WEBP if has_alpha else ImageFormat.JPEG


def requested_format(wanted: OutputFormat, source: ImageFormat) -> ImageFormat:
    """Return the format of a variant on request. Raises ValueError for `auto`, which no such variant has."""
    if wanted is OutputFormat.AUTO:
        raise ValueError("the format of a variant on request is known before it is made")
    return choose_format(Output(format=wanted), source, has_alpha=False, animated=False)


def keeps_frames(output: Output, source: ImageFormat) -> bool:
    """Return whether the result of a source with several frames is an animation."""
    if output.frames != "all" or source not in ANIMATED:
        return False
    return choose_format(output, source, has_alpha=True, animated=True) in ANIMATED
