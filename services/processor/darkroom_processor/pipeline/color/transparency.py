"""Transparency as files store it: an alpha channel, or one level or colour that is transparent (PNG's tRNS chunk)."""

from typing import Final

from PIL import Image, ImageFile

from darkroom_processor.pipeline.color.levels import SIXTEEN_BIT

_FACTORS_TO_EIGHT_BITS: Final = {"L;2": 85, "L;4": 17}
"""Factor from a level of 2 or 4 bits to one of 8 bits. Pillow scales 1-bit levels itself."""
_DEEP_COLORS: Final = "RGB;16B"
"""Pillow's layout of 16 bits a channel, of which the decoder keeps the upper 8."""


def drop_opaque_alpha(image: Image.Image) -> Image.Image:
    """Return the image without its alpha channel if all pixels are opaque: every later step is then cheaper."""
    if image.mode not in {"LA", "RGBA"} or not _is_opaque(image):
        return image
    return image.convert(image.mode.removesuffix("A"))


def _is_opaque(image: Image.Image) -> bool:
    # The first row is looked at on its own: most images with real transparency have some there.
    first_row = image.crop((0, 0, image.width, 1))
    return all(part.getchannel("A").getextrema()[0] == 255 for part in (first_row, image))


def scale_transparent_level(image: ImageFile.ImageFile) -> None:
    """Scale the transparent level or colour of an opened PNG to 8 bits, as decoding does with the pixels.

    Call this before the image is loaded, once each time that decoding starts from the beginning of the file.
    """
    named, layout = image.info.get("transparency"), image.tile[0].args if image.tile else None
    if isinstance(named, int) and isinstance(layout, str) and layout in _FACTORS_TO_EIGHT_BITS:
        image.info["transparency"] = named * _FACTORS_TO_EIGHT_BITS[layout]
    elif isinstance(named, tuple) and layout == _DEEP_COLORS:
        image.info["transparency"] = tuple(level >> 8 for level in named)


def with_transparent_level(levels: Image.Image, stored: Image.Image) -> Image.Image:
    """Return the 8-bit `levels` of a 16-bit image `stored`, with alpha if its file names a transparent level.

    Several 16-bit levels become the same 8-bit level, so the transparent one is looked up in `stored`.
    """
    named = stored.info.get("transparency")
    if not isinstance(named, int) or not 0 <= named <= SIXTEEN_BIT:
        return levels
    opaque = [0 if level == named else 255 for level in range(SIXTEEN_BIT + 1)]
    levels.putalpha(stored.convert("I").point(opaque, "L"))
    return levels


def with_transparent_color(image: Image.Image) -> Image.Image:
    """Return an `L` or `RGB` image with alpha if its file names a transparent colour; any other image unchanged."""
    if image.info.get("transparency") is None or image.mode not in {"L", "RGB"}:
        return image
    return image.convert(f"{image.mode}A")
