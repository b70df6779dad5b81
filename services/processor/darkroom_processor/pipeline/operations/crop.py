"""Operations that cut something off: crop, trim and round."""

from functools import reduce
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from darkroom.planner.geometry import Box, crop_box
from darkroom.planner.size_limits import check_output
from darkroom.recipes import Crop, Round, Trim
from darkroom_processor.pipeline.operations.background import lay_on
from darkroom_processor.pipeline.pixels.raster import Raster
from darkroom_processor.pipeline.pixels.row_chunks import row_chunks

_SUPERSAMPLING: Final = 4
"""Factor by which corners are drawn larger and then reduced, for smooth edges."""


def crop(operation: Crop, raster: Raster) -> Raster:
    """Cut out a rectangle. Raises ImageError if it lies outside the image."""
    box = crop_box(operation, raster.size)
    return raster if box == (0, 0, *raster.size) else Raster(raster.image.crop(box))


def trim(operation: Trim, raster: Raster) -> Raster:
    """Cut off the borders that look like the top left pixel."""
    return crop(resolve(operation, raster), raster)


def resolve(operation: Trim, raster: Raster) -> Crop:
    """Return the crop that does what the trim does to this raster."""
    pixel = Raster(raster.image.crop((0, 0, 1, 1))).premultiplied
    boxes: list[Box] = []
    for first_row, chunk in row_chunks(raster.image):
        if box := _differing_box(Raster(chunk).premultiplied, pixel, operation.threshold):
            boxes.append((box[0], box[1] + first_row, box[2], box[3] + first_row))
    lefts, tops, rights, bottoms = zip(*(boxes or [(0, 0, *raster.size)]), strict=True)
    left, top, right, bottom = min(lefts), min(tops), max(rights), max(bottoms)
    # Not validated: a source may have longer sides than a recipe may state.
    return Crop.model_construct(op="crop", left=left, top=top, width=right - left, height=bottom - top)


def _differing_box(image: Image.Image, pixel: Image.Image, threshold: int) -> Box | None:
    """Return the box of all pixels that differ from `pixel` by more than the threshold in some channel."""
    channels = ImageChops.difference(image, pixel.resize(image.size, Image.Resampling.NEAREST)).split()
    # The largest channel, not the sum: the sum does not tell one large difference from three small ones.
    most = reduce(ImageChops.lighter, channels)
    return most.point([255 if level > threshold else 0 for level in range(256)]).getbbox()


def round_corners(operation: Round, raster: Raster) -> Raster:
    """Make the corners transparent and lay the image on the background."""
    check_output(raster.size)
    shorter = min(raster.size)
    radius = operation.radius or round((operation.fraction or 0) * shorter)
    rounded = raster.color.convert("RGBA")
    outline = _outline(raster, min(radius, shorter // 2))
    rounded.putalpha(ImageChops.multiply(rounded.getchannel("A"), outline))
    return lay_on(Raster(rounded), raster.size, (0, 0), operation.background)


def _outline(raster: Raster, radius: int) -> Image.Image:
    """Return a mask of the image's size: opaque except at the corners."""
    width, height = raster.size
    mask = Image.new("L", raster.size, 255)
    if radius:
        corner = _corner(radius)
        flopped = corner.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        mask.paste(corner, (0, 0))
        mask.paste(flopped, (width - radius, 0))
        mask.paste(corner.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (0, height - radius))
        mask.paste(flopped.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (width - radius, height - radius))
    return mask


def _corner(radius: int) -> Image.Image:
    """Return the top left quarter of a disc."""
    side = radius * _SUPERSAMPLING
    quarter = Image.new("L", (side, side))
    ImageDraw.Draw(quarter).ellipse((0, 0, 2 * side - 1, 2 * side - 1), 255)
    return quarter.reduce(_SUPERSAMPLING)
