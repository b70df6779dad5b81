"""Turning and mirroring."""

import math

from PIL import Image
from PIL.Image import Transpose

from darkroom.making.bounds import check_output
from darkroom.making.geometry import Size, rotated_size
from darkroom.recipes import Flip, Flop, Rotate
from darkroom_processor.pipeline.operations.canvas import lay_on
from darkroom_processor.pipeline.raster import Raster

# Pillow's names count counter-clockwise.
_CLOCKWISE = {90: Transpose.ROTATE_270, 180: Transpose.ROTATE_180, 270: Transpose.ROTATE_90}


def rotate(operation: Rotate, raster: Raster) -> Raster:
    """Turn clockwise: by right angles exactly, by any other angle onto a larger canvas."""
    angle = operation.angle % 360
    if angle == 0:
        return raster
    if angle in _CLOCKWISE:
        return raster.with_image(raster.image.transpose(_CLOCKWISE[int(angle)]), turned=angle != 180)
    return _tilt(raster, angle, operation.background)


def flip(_: Flip, raster: Raster) -> Raster:
    """Mirror top to bottom."""
    return raster.with_image(raster.image.transpose(Transpose.FLIP_TOP_BOTTOM))


def flop(_: Flop, raster: Raster) -> Raster:
    """Mirror left to right."""
    return raster.with_image(raster.image.transpose(Transpose.FLIP_LEFT_RIGHT))


def _tilt(raster: Raster, angle: float, background: str) -> Raster:
    """The picture is turned with a transparent rim, so that its edges blend with the background instead of fraying."""
    canvas = rotated_size(raster.size, angle)
    check_output(canvas)
    width, height = raster.size
    rimmed = Image.new("RGBA", (width + 2, height + 2))
    rimmed.paste(raster.color.convert("RGBA"), (1, 1))
    turned = rimmed.convert("RGBa").transform(
        canvas, Image.Transform.AFFINE, _turned_back(angle, canvas, rimmed.size), Image.Resampling.BICUBIC
    )
    return lay_on(Raster(turned), canvas, (0, 0), background)


def _turned_back(angle: float, canvas: Size, picture: Size) -> tuple[float, float, float, float, float, float]:
    """The first two rows of the matrix from a place on the canvas to that on the picture; middle comes to middle.

    Pillow's own `rotate` puts the middle half a pixel beside where the sizes differ by an odd number.
    """
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    x, y = canvas[0] / 2, canvas[1] / 2
    left, top = picture[0] / 2 - cosine * x - sine * y, picture[1] / 2 + sine * x - cosine * y
    return cosine, sine, left, -sine, cosine, top
