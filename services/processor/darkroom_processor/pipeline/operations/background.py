"""Backgrounds: what a picture is laid on."""

from PIL import Image, ImageColor

from darkroom.planner.geometry import Size, padded_size
from darkroom.planner.size_limits import check_output
from darkroom.recipes import Flatten, Pad
from darkroom_processor.pipeline.pixels.raster import Raster
from darkroom_processor.pipeline.pixels.row_chunks import row_chunks

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
    return Raster(_laid(raster, raster.size, (0, 0), (red, green, blue, _OPAQUE)))


def lay_on(raster: Raster, canvas: Size, offset: tuple[int, int], background: str) -> Raster:
    """The picture on a canvas of the background's colour, which also shows through where the picture is transparent.

    The result has transparency only when the background has some. Raises OutputLimit for too large a canvas.
    """
    check_output(canvas)
    return Raster(_laid(raster, canvas, offset, parse_color(background)))


def _laid(raster: Raster, canvas: Size, offset: tuple[int, int], color: Rgba) -> Image.Image:
    """Grey pictures stay grey on a grey background."""
    if color[3] != _OPAQUE:
        base = Image.new("RGBA", canvas, color)
    elif raster.is_gray and len(set(color[:3])) == 1:
        base = Image.new("L", canvas, color[0])
    else:
        base = Image.new("RGB", canvas, color[:3])
    for top, band in row_chunks(raster.image):
        _lay(Raster(band), base, (offset[0], offset[1] + top))
    return base


def _lay(picture: Raster, base: Image.Image, offset: tuple[int, int]) -> None:
    """Composite onto the base, in place (Porter and Duff's `over`)."""
    straight = picture.straight if base.mode == "L" else picture.color
    if not picture.has_alpha:
        base.paste(straight.convert(base.mode), offset)
    elif base.mode == "RGBA":
        base.alpha_composite(straight, offset)
    else:
        base.paste(straight.convert(base.mode), offset, straight.getchannel("A"))
