"""Backgrounds: what a picture is laid on."""

from PIL import Image, ImageColor

from darkroom.making.bounds import check_output
from darkroom.making.geometry import Size, padded_size
from darkroom.recipes import Flatten, Pad
from darkroom_processor.pipeline.raster import Raster

Rgba = tuple[int, int, int, int]

_OPAQUE = 255


def parse_color(text: str) -> Rgba:
    """The channels of a recipe's colour, 0 to 255 each."""
    if text == "transparent":
        return (0, 0, 0, 0)
    channels = ImageColor.getrgb(text)
    return channels if len(channels) == 4 else (*channels, _OPAQUE)


def pad(operation: Pad, raster: Raster) -> Raster:
    """Add a border and lay the picture on the background."""
    return lay_on(raster, padded_size(operation, raster.size), (operation.left, operation.top), operation.background)


def flatten(operation: Flatten, raster: Raster) -> Raster:
    """Lay a transparent picture on the background, of which only the colour counts."""
    if not raster.has_alpha:
        return raster
    red, green, blue, _ = parse_color(operation.background)
    return Raster(_on_opaque(raster, raster.size, (0, 0), (red, green, blue)))


def lay_on(raster: Raster, canvas: Size, offset: tuple[int, int], background: str) -> Raster:
    """The picture on a canvas of the background's colour, which also shows through where the picture is transparent.

    The result has transparency only when the background has some. Raises OutputLimit for too large a canvas.
    """
    check_output(canvas)
    red, green, blue, alpha = parse_color(background)
    if alpha == _OPAQUE:
        return Raster(_on_opaque(raster, canvas, offset, (red, green, blue)))
    base = Image.new("RGBA", canvas, (red, green, blue, alpha))
    if raster.has_alpha:
        base.alpha_composite(raster.color, offset)
    else:
        base.paste(raster.color.convert("RGBA"), offset)
    return Raster(base)


def _on_opaque(raster: Raster, canvas: Size, offset: tuple[int, int], color: tuple[int, int, int]) -> Image.Image:
    """Grey pictures stay grey on a grey background."""
    if raster.is_gray and len(set(color)) == 1:
        base, picture = Image.new("L", canvas, color[0]), raster.straight
    else:
        base, picture = Image.new("RGB", canvas, color), raster.color
    if raster.has_alpha:
        base.paste(picture.convert(base.mode), offset, picture.getchannel("A"))
    else:
        base.paste(picture, offset)
    return base
