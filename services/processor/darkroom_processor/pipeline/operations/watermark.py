"""Watermarks: a text or an image, made into a stamp and laid over the picture once or all over."""

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

Place = tuple[int, int]
"""Where a stamp's top left corner lies on the picture; it may reach over the picture's sides."""


def watermark(operation: Watermark, raster: Raster, overlays: OverlayImages) -> Raster:
    """Stamp the picture; where it is transparent, the stamp is seen alone. Raises what `overlays` raises."""
    check_output(raster.size)
    stamp = _stamp(operation, raster.size, overlays)
    stamped = raster.color.copy()
    for layer, place in _layers(operation, raster.size, stamp):
        _lay(layer, place, stamped)
    return Raster(stamped)


def _stamp(operation: Watermark, size: Size, overlays: OverlayImages) -> Image.Image:
    """What is laid over a picture of this size, `RGBA`."""
    room = (max(1, round(operation.scale * size[0])), size[1])
    if operation.image:
        made_of = overlays.raster(operation.image)
    else:
        made_of = draw_text(operation.text or "", operation.color, room)
    turn = Rotate(op="rotate", angle=operation.angle, background="transparent")
    turned = rotate(turn, _fitted(made_of, room)).color.convert("RGBA")
    turned.putalpha(turned.getchannel("A").point([round(level * operation.opacity) for level in range(256)]))
    return turned


def _fitted(image: Raster, room: Size) -> Raster:
    """The image scaled to the room, proportions kept."""
    factor = min(room[0] / image.size[0], room[1] / image.size[1])
    width, height = (max(1, round(side * factor)) for side in image.size)
    fill = Resize(op="resize", width=width, height=height, fit=Fit.FILL, enlarge=True)
    return resize(fill, image)


def _layers(operation: Watermark, size: Size, stamp: Image.Image) -> Iterator[tuple[Image.Image, Place]]:
    """What to lay where."""
    if operation.tile:
        yield from _rows(stamp, size, round(operation.spacing * min(stamp.size)))
        return
    margin = round(operation.margin * min(size))
    inner = max(1, size[0] - 2 * margin), max(1, size[1] - 2 * margin)
    left, top = anchored(operation.position, inner, stamp.size)
    yield stamp, (left + margin, top + margin)


def _rows(stamp: Image.Image, size: Size, gap: int) -> Iterator[tuple[Image.Image, Place]]:
    """Rows of stamps from side to side, every other row shifted by half a step.

    The two kinds of row are made once: tiny stamps on a large picture are hundreds of thousands.
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


def _lay(layer: Image.Image, place: Place, picture: Image.Image) -> None:
    """Composite onto the picture, in place (Porter and Duff's `over`)."""
    if picture.mode == "RGB":
        picture.paste(layer, place, layer)
        return
    # This one takes no place outside.
    left, top = max(place[0], 0), max(place[1], 0)
    seen = (
        left - place[0],
        top - place[1],
        min(layer.width, picture.width - place[0]),
        min(layer.height, picture.height - place[1]),
    )
    if seen[0] < seen[2] and seen[1] < seen[3]:
        picture.alpha_composite(layer, (left, top), seen)
