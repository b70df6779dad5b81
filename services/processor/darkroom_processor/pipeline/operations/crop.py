"""Cutting: rectangles, borders and corners."""

from functools import reduce
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from darkroom.planner.geometry import Box, crop_box
from darkroom.planner.size_limits import check_output
from darkroom.recipes import Crop, Round, Trim
from darkroom_processor.pipeline.operations.background import lay_on
from darkroom_processor.pipeline.pixels.raster import Raster
from darkroom_processor.pipeline.pixels.row_chunks import row_chunks

_FINE: Final = 4
"""Corners are drawn so much larger and then reduced, for smooth edges."""


def crop(operation: Crop, raster: Raster) -> Raster:
    """Cut a rectangle out. Raises ImageError when nothing of the picture lies in it."""
    box = crop_box(operation, raster.size)
    return raster if box == (0, 0, *raster.size) else Raster(raster.image.crop(box))


def trim(operation: Trim, raster: Raster) -> Raster:
    """Cut away the borders that look like the top left pixel."""
    return crop(resolve(operation, raster), raster)


def resolve(operation: Trim, raster: Raster) -> Crop:
    """The crop that the trim means on this picture."""
    pixel = Raster(raster.image.crop((0, 0, 1, 1))).premultiplied
    boxes: list[Box] = []
    for begins, band in row_chunks(raster.image):
        if box := _unlike(Raster(band).premultiplied, pixel, operation.threshold):
            boxes.append((box[0], box[1] + begins, box[2], box[3] + begins))
    lefts, tops, rights, bottoms = zip(*(boxes or [(0, 0, *raster.size)]), strict=True)
    left, top, right, bottom = min(lefts), min(tops), max(rights), max(bottoms)
    # Unchecked: a source may have longer sides than a recipe may name.
    return Crop.model_construct(op="crop", left=left, top=top, width=right - left, height=bottom - top)


def _unlike(picture: Image.Image, pixel: Image.Image, threshold: int) -> Box | None:
    """The part of a picture that holds all that differs from the pixel by more than the threshold in some channel."""
    channels = ImageChops.difference(picture, pixel.resize(picture.size, Image.Resampling.NEAREST)).split()
    # Channel by channel: the sum over them could not tell one large difference from three small ones.
    most = reduce(ImageChops.lighter, channels)
    return most.point([255 if level > threshold else 0 for level in range(256)]).getbbox()


def round_corners(operation: Round, raster: Raster) -> Raster:
    """Make the corners transparent and lay the picture on the background."""
    check_output(raster.size)
    shorter = min(raster.size)
    radius = operation.radius or round((operation.fraction or 0) * shorter)
    rounded = raster.color.convert("RGBA")
    outline = _outline(raster, min(radius, shorter // 2))
    rounded.putalpha(ImageChops.multiply(rounded.getchannel("A"), outline))
    return lay_on(Raster(rounded), raster.size, (0, 0), operation.background)


def _outline(raster: Raster, radius: int) -> Image.Image:
    """An opaque mask of the picture's size but for its corners."""
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
    """The top left quarter of a disc."""
    side = radius * _FINE
    quarter = Image.new("L", (side, side))
    ImageDraw.Draw(quarter).ellipse((0, 0, 2 * side - 1, 2 * side - 1), 255)
    return quarter.reduce(_FINE)
