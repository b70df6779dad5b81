"""Operations that rotate or mirror: rotate, flip and flop."""

import math

from PIL import Image
from PIL.Image import Transpose

from darkroom.planner.geometry import rotated_size
from darkroom.planner.size_limits import check_output
from darkroom.recipes import Flip, Flop, Rotate
from darkroom_processor.pipeline.operations.background import lay_on
from darkroom_processor.pipeline.pixels.raster import Raster

# Pillow's names count counter-clockwise.
_CLOCKWISE = {90: Transpose.ROTATE_270, 180: Transpose.ROTATE_180, 270: Transpose.ROTATE_90}


def rotate(operation: Rotate, raster: Raster) -> Raster:
    """Rotate clockwise: exactly by right angles, onto a larger canvas by any other angle."""
    angle = operation.angle % 360
    if angle == 0:
        return raster
    if angle in _CLOCKWISE:
        return raster.with_image(raster.image.transpose(_CLOCKWISE[int(angle)]), swaps_sides=angle != 180)
    return _tilt(raster, angle, operation.background)


def flip(_: Flip, raster: Raster) -> Raster:
    """Mirror top to bottom."""
    return raster.with_image(raster.image.transpose(Transpose.FLIP_TOP_BOTTOM))


def flop(_: Flop, raster: Raster) -> Raster:
    """Mirror left to right."""
    return raster.with_image(raster.image.transpose(Transpose.FLIP_LEFT_RIGHT))


def _tilt(raster: Raster, angle: float, background: str) -> Raster:
    """Rotate the image with a transparent rim, so that its edges blend smoothly with the background."""
    canvas = rotated_size(raster.size, angle)
    extent = canvas[0] * raster.extent[0] / raster.size[0], canvas[1] * raster.extent[1] / raster.size[1]
    drawn = math.ceil(extent[0]), math.ceil(extent[1])
    check_output(drawn)
    middle = 1 + raster.extent[0] / 2, 1 + raster.extent[1] / 2
    turned = _rimmed(raster).transform(
        drawn, Image.Transform.AFFINE, _inverse_rotation(angle, extent, middle), Image.Resampling.BICUBIC
    )
    return Raster(lay_on(Raster(turned), drawn, (0, 0), background).image, canvas, extent, shrunk=raster.shrunk)


def _rimmed(raster: Raster) -> Image.Image:
    """Return the image as `RGBa` with one transparent pixel all around."""
    width, height = raster.image.size
    rimmed = Image.new("RGBa", (width + 2, height + 2))
    rimmed.paste(raster.image if raster.image.mode == "RGBa" else raster.color.convert("RGBA").convert("RGBa"), (1, 1))
    return rimmed


def _inverse_rotation(
    angle: float, extent: tuple[float, float], middle: tuple[float, float]
) -> tuple[float, float, float, float, float, float]:
    """Return the first two rows of the matrix from points on the canvas to points on the image.

    The middle of the canvas maps to `middle`. Pillow's own `rotate` is half a pixel off where the sizes differ by an
    odd number.
    """
    sine, cosine = math.sin(math.radians(angle)), math.cos(math.radians(angle))
    x, y = extent[0] / 2, extent[1] / 2
    left, top = middle[0] - cosine * x - sine * y, middle[1] + sine * x - cosine * y
    return cosine, sine, left, -sine, cosine, top
