"""The watermark operation: draws a text or an image, the stamp, once or in rows over the whole image."""

from collections.abc import Iterator

from PIL import Image

from darkroom.planner.geometry import Size, anchored
from darkroom.planner.size_limits import check_output
from darkroom.recipes import Fit, Resize, Rotate, Watermark
from darkroom_processor.pipeline.operations.overlay_images import OverlayImages
from darkroom_processor.pipeline.operations.resize import resize
from darkroom_processor.pipeline.operations.rotate import rotate
from darkroom_processor.pipeline.operations.text import draw_text
from darkroom_processor.pipeline.pixels.raster import Raster

Corner = tuple[int, int]
"""(left, top) of a stamp on the image. The stamp may extend beyond the sides of the image."""


def watermark(operation: Watermark, raster: Raster, overlays: OverlayImages) -> Raster:
    """Draw the watermark. It also shows where the image is transparent. Raises what `overlays` raises."""
    check_output(raster.size)
    stamp = _stamp(operation, raster.size, overlays)
    stamped = raster.color.copy()
    for layer, corner in _layers(operation, raster.size, stamp):
        _lay(layer, corner, stamped)
    return Raster(stamped)


def _stamp(operation: Watermark, size: Size, overlays: OverlayImages) -> Image.Image:
    """Return the stamp for an image of this size, as `RGBA`."""
    room = (max(1, round(operation.scale * size[0])), size[1])
    if operation.image:
        made_of = overlays.raster(operation.image)
    else:
        made_of = draw_text(operation.text or "", operation.color, room)
    rotation = Rotate(op="rotate", angle=operation.angle, background="transparent")
    rotated = rotate(rotation, _fitted(made_of, room)).color.convert("RGBA")
    rotated.putalpha(rotated.getchannel("A").point([round(level * operation.opacity) for level in range(256)]))
    return rotated


def _fitted(image: Raster, room: Size) -> Raster:
    """Return the image scaled to the room (width, height), with its proportions."""
    factor = min(room[0] / image.size[0], room[1] / image.size[1])
    width, height = (max(1, round(side * factor)) for side in image.size)
    fill = Resize(op="resize", width=width, height=height, fit=Fit.FILL, enlarge=True)
    return resize(fill, image)


def _layers(operation: Watermark, size: Size, stamp: Image.Image) -> Iterator[tuple[Image.Image, Corner]]:
    """Yield what to draw, and where."""
    if operation.tile:
        yield from _rows(stamp, size, round(operation.spacing * min(stamp.size)))
        return
    margin = round(operation.margin * min(size))
    inner = max(1, size[0] - 2 * margin), max(1, size[1] - 2 * margin)
    left, top = anchored(operation.position, inner, stamp.size)
    yield stamp, (left + margin, top + margin)


def _rows(stamp: Image.Image, size: Size, gap: int) -> Iterator[tuple[Image.Image, Corner]]:
    """Yield rows of stamps from side to side. Every second row is shifted by half a step.

    The two kinds of row are drawn once, since a large image may have hundreds of thousands of tiny stamps.
    """
    across, down = stamp.width + gap, stamp.height + gap
    kinds = [_row(stamp, size, across, shift) for shift in (0, across // 2)]
    for number, top in enumerate(range(0, size[1], down)):
        yield kinds[number % 2], (0, top)


def _row(stamp: Image.Image, size: Size, across: int, shift: int) -> Image.Image:
    row = Image.new("RGBA", (size[0], min(stamp.height, size[1])))
    for left in range(-shift, size[0], across):
        row.paste(stamp, (left, 0))
    return row


def _lay(layer: Image.Image, corner: Corner, image: Image.Image) -> None:
    """Composite the layer onto the image, which is changed (Porter and Duff's `over`)."""
    if image.mode == "RGB":
        image.paste(layer, corner, layer)
        return
    # `alpha_composite` refuses corners outside the image, so only the visible part of the layer is drawn.
    left, top = max(corner[0], 0), max(corner[1], 0)
    visible = (
        left - corner[0],
        top - corner[1],
        min(layer.width, image.width - corner[0]),
        min(layer.height, image.height - corner[1]),
    )
    if visible[0] < visible[2] and visible[1] < visible[3]:
        image.alpha_composite(layer, (left, top), visible)
