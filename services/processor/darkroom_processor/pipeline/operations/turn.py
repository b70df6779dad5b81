"""Turning and mirroring."""

from PIL import Image
from PIL.Image import Transpose

from darkroom.making.bounds import check_output
from darkroom.making.geometry import rotated_size
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
    turned = rimmed.convert("RGBa").rotate(-angle, Image.Resampling.BICUBIC, expand=True)
    left, top = (turned.width - canvas[0]) // 2, (turned.height - canvas[1]) // 2
    return lay_on(Raster(turned.crop((left, top, left + canvas[0], top + canvas[1]))), canvas, (0, 0), background)
