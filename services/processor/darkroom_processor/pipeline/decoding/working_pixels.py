"""Turns a loaded frame into plain pixels in a working mode."""

from PIL import Image

from darkroom_processor.pipeline.color import conversion, space_conversion, transparency
from darkroom_processor.pipeline.colorimetry.color_space import ColorSpace
from darkroom_processor.pipeline.opening.open_image import OpenedImage


def cropped(image: OpenedImage) -> Image.Image:
    """Return the part of the loaded frame that viewers show, if the file names one; otherwise all of it."""
    return image.pillow_image.crop(image.crop) if image.crop else image.pillow_image


def working_pixels(
    frame: Image.Image, color_space: ColorSpace | None, profile: bytes | None, *, may_reuse: bool
) -> Image.Image:
    """Return the frame in a working mode, without the profiles, comments and tags that encoders would copy.

    Its colours are converted to sRGB from the colours that the file tells by numbers, or else from `profile`; without
    either they stay. `may_reuse` allows to strip and return `frame` itself. Forbid it when Pillow still needs what is
    attached to the frame, or decodes the next frame into it.
    """
    converted = (
        space_conversion.to_srgb(frame, color_space) if color_space else conversion.to_working_mode(frame, profile)
    )
    pixels = transparency.drop_opaque_alpha(converted)
    if pixels is frame and not may_reuse:
        pixels = pixels.copy()
    pixels.info = {}
    return pixels
