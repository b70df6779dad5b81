"""Operations that lay an image on a background: pad and flatten."""

from PIL import Image, ImageColor

from darkroom.planner.geometry import Size, padded_size
from darkroom.planner.size_limits import check_output
from darkroom.recipes import Flatten, Pad
from darkroom_processor.pipeline.pixels.raster import Raster
from darkroom_processor.pipeline.pixels.row_chunks import row_chunks

Rgba = tuple[int, int, int, int]

_OPAQUE = 255


def parse_color(text: str) -> Rgba:
    """Return the channels of a recipe's colour, 0 to 255 each."""
    if text == "transparent":
        return (0, 0, 0, 0)
    channels = ImageColor.getrgb(text)
    return channels if len(channels) == 4 else (*channels, _OPAQUE)


def pad(operation: Pad, raster: Raster) -> Raster:
    """Add a border and lay the image on the background."""
    return lay_on(raster, padded_size(operation, raster.size), (operation.left, operation.top), operation.background)


def flatten(operation: Flatten, raster: Raster) -> Raster:
    """Lay a transparent image on the background, whose own transparency is ignored."""
    if not raster.has_alpha:
        return raster
    red, green, blue, _ = parse_color(operation.background)
    return Raster(_laid(raster, raster.size, (0, 0), (red, green, blue, _OPAQUE)))


def lay_on(raster: Raster, canvas: Size, offset: tuple[int, int], background: str) -> Raster:
    """Lay the image on a canvas of the background's colour, at `offset` (left, top).

    The colour also shows through where the image is transparent, so the result has transparency only if the background
    has some. Raises OutputLimit for a canvas that is too large.
    """
    check_output(canvas)
    return Raster(_laid(raster, canvas, offset, parse_color(background)))


def _laid(raster: Raster, canvas: Size, offset: tuple[int, int], color: Rgba) -> Image.Image:
    """Lay the image on an opaque or transparent colour. Grey on grey stays grey."""
    if color[3] != _OPAQUE:
        base = Image.new("RGBA", canvas, color)
    elif raster.is_gray and len(set(color[:3])) == 1:
        base = Image.new("L", canvas, color[0])
    else:
        base = Image.new("RGB", canvas, color[:3])
    for top, chunk in row_chunks(raster.image):
        _lay(Raster(chunk), base, (offset[0], offset[1] + top))
    return base


def _lay(raster: Raster, base: Image.Image, offset: tuple[int, int]) -> None:
    """Composite the raster onto the base, which is changed (Porter and Duff's `over`)."""
    straight = raster.straight if base.mode == "L" else raster.color
    if not raster.has_alpha:
        base.paste(straight.convert(base.mode), offset)
    elif base.mode == "RGBA":
        base.alpha_composite(straight, offset)
    else:
        base.paste(straight.convert(base.mode), offset, straight.getchannel("A"))
