"""Text watermarks, in the font that Pillow ships (Aileron, CC0)."""

from typing import Final

from PIL import Image, ImageDraw, ImageFont

from darkroom.recipes import Watermark
from darkroom_processor.pipeline.bounds import check_output
from darkroom_processor.pipeline.geometry import Box, anchored
from darkroom_processor.pipeline.operations.canvas import parse_color
from darkroom_processor.pipeline.raster import Raster, Size

_TRIAL: Final = 100
"""The font size at which a text is measured, in pixels."""
_SMALLEST: Final = 4
_RIM: Final = 24
"""The rim is this part of the font size: thin, but enough on a background of the letters' own colour."""
_TILE_GAP: Final = (0.5, 2.0)
"""Between repeated texts, in parts of their width and height."""


def watermark(operation: Watermark, raster: Raster) -> Raster:
    """Write the text on the picture; where the picture is transparent, the text is seen alone."""
    check_output(raster.size)
    stamp = _stamp(operation, raster.size)
    layer = Image.new("RGBA", raster.size)
    for place in _places(operation, raster.size, stamp.size):
        layer.paste(stamp, place)
    base = raster.color.convert("RGBA")
    base.alpha_composite(layer)
    return Raster(base if raster.has_alpha else base.convert("RGB"))


def _stamp(operation: Watermark, size: Size) -> Image.Image:
    """The text as a picture just large enough."""
    font = ImageFont.load_default(_font_size(operation, size))
    rim = max(1, round(font.size / _RIM)) if isinstance(font, ImageFont.FreeTypeFont) else 1
    left, top, right, bottom = _ink(font, operation.text, rim)
    letters = Image.new("RGBA", (max(1, right - left), max(1, bottom - top)))
    color, rim_color = _colors(operation)
    draw = ImageDraw.Draw(letters)
    draw.text((-left, -top), operation.text, color, font, stroke_width=rim, stroke_fill=rim_color)
    opacity = [round(level * operation.opacity) for level in range(256)]
    letters.putalpha(letters.getchannel("A").point(opacity))
    return letters


def _font_size(operation: Watermark, size: Size) -> float:
    """So that the text has its part of the width, and is not taller than the picture."""
    left, top, right, bottom = _ink(ImageFont.load_default(_TRIAL), operation.text, 0)
    by_width = _TRIAL * operation.scale * size[0] / max(1, right - left)
    by_height = _TRIAL * size[1] / max(1, bottom - top)
    return max(_SMALLEST, min(by_width, by_height))


def _ink(font: ImageFont.FreeTypeFont | ImageFont.ImageFont, text: str, rim: int) -> Box:
    box = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), text, font, stroke_width=rim)
    return int(box[0]), int(box[1]), round(box[2] + 0.5), round(box[3] + 0.5)


def _colors(operation: Watermark) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Of the letters, and of their rim."""
    red, green, blue, _ = parse_color(operation.color)
    light = 299 * red + 587 * green + 114 * blue > 128_000
    return (red, green, blue), (0, 0, 0) if light else (255, 255, 255)


def _places(operation: Watermark, size: Size, stamp: Size) -> list[tuple[int, int]]:
    """The top left corners of the text on the picture."""
    if not operation.tile:
        margin = round(operation.margin * min(size))
        inner = max(1, size[0] - 2 * margin), max(1, size[1] - 2 * margin)
        left, top = anchored(operation.position, inner, stamp)
        return [(left + margin, top + margin)]
    across, down = (round(side * (1 + gap)) for side, gap in zip(stamp, _TILE_GAP, strict=True))
    rows = range(0, size[1], max(1, down))
    return [
        (left, top)
        for number, top in enumerate(rows)
        for left in range(-across // 2 if number % 2 else 0, size[0], max(1, across))
    ]
