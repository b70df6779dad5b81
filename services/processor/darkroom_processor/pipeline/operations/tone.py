"""Operations that change colours: grayscale, adjust, tint and sepia. Transparency stays as it is."""

from collections.abc import Callable

from PIL import Image

from darkroom.recipes import Adjust, Grayscale, Sepia, Tint
from darkroom_processor.pipeline.operations.background import parse_color
from darkroom_processor.pipeline.pixels.raster import Raster
from darkroom_processor.pipeline.pixels.row_chunks import map_row_chunks

Curve = list[int]
"""The new level for each of the 256 levels."""

# The matrix that the W3C gives for `sepia(1)` (Filter Effects, section 8.9), one row for each channel of the result.
_SEPIA = (0.393, 0.769, 0.189, 0, 0.349, 0.686, 0.168, 0, 0.272, 0.534, 0.131, 0)


def grayscale(_: Grayscale, raster: Raster) -> Raster:
    """Make the image grey: luma by ITU-R BT.601 (299 red, 587 green, 114 blue in 1000)."""
    if raster.is_gray:
        return raster
    return raster.with_image(raster.straight.convert("LA" if raster.has_alpha else "L"))


def adjust(operation: Adjust, raster: Raster) -> Raster:
    """Change brightness, contrast and gamma by one curve, then saturation."""
    curve = [_adjusted(level / 255, operation) for level in range(256)]
    toned = _on_colors(raster, lambda colors: colors.point(curve * len(colors.getbands())))
    if operation.saturation == 1 or toned.is_gray:
        return toned
    return _on_colors(toned, lambda colors: Image.blend(_gray(colors), colors, operation.saturation))


def tint(operation: Tint, raster: Raster) -> Raster:
    """Map lightness to a curve from black through the colour to white, for each channel."""
    curves = [level for channel in parse_color(operation.color)[:3] for level in _curve_through(channel)]
    return _blend_in(raster, operation.strength, lambda colors: _gray(colors).point(curves))


def sepia(operation: Sepia, raster: Raster) -> Raster:
    """Apply the sepia filter of the W3C."""
    return _blend_in(raster, operation.strength, lambda colors: colors.convert("RGB", _SEPIA))


def _blend_in(raster: Raster, strength: float, change: Callable[[Image.Image], Image.Image]) -> Raster:
    colorful = Raster(raster.color)
    return _on_colors(colorful, lambda colors: Image.blend(colors, change(colors), strength))


def _on_colors(raster: Raster, change: Callable[[Image.Image], Image.Image]) -> Raster:
    """Apply `change` to the colours, and keep the transparency."""

    def on_chunk(chunk: Image.Image) -> Image.Image:
        straight = Raster(chunk).straight
        if not raster.has_alpha:
            return change(straight)
        toned = change(straight.convert(straight.mode.removesuffix("A")))
        toned.putalpha(straight.getchannel("A"))
        return toned

    return Raster(map_row_chunks(raster.image, on_chunk))


def _gray(colors: Image.Image) -> Image.Image:
    return colors.convert("L").convert(colors.mode)


def _adjusted(level: float, operation: Adjust) -> int:
    """Return a level (0 to 1) after brightness, contrast and gamma, as 0 to 255."""
    value = (level * operation.brightness - 0.5) * operation.contrast + 0.5
    return round(255 * float(min(max(value, 0.0), 1.0) ** (1 / operation.gamma)))


def _curve_through(middle: int) -> Curve:
    """Return a curve of two straight lines from 0 to 255 that maps middle grey to `middle`."""
    lower = [round(middle * level / 128) for level in range(128)]
    upper = [round(middle + (255 - middle) * (level - 128) / 127) for level in range(128, 256)]
    return lower + upper
