"""Draws texts in Noto Sans (SIL Open Font License).

Letters are laid out by FreeType alone, so that a recipe makes the same pixels everywhere: Raqm needs a library that
some systems lack. Scripts that need Raqm are refused when the recipe is checked.
"""

import io
import math
from functools import cache
from importlib import resources
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from darkroom.planner.geometry import Box, Size
from darkroom_processor.pipeline.operations.background import parse_color
from darkroom_processor.pipeline.pixels.raster import Raster

_SIZES: Final = (64, 128, 256, 512, 1024, 2048)
"""Font sizes in pixels that texts are drawn in; the result is scaled. FreeType takes about 20 ms to prepare a size, so
there are few of them, and each is kept."""
_RIM: Final = 24
"""Font size divided by the width of the rim: a thin rim that shows letters on a background of their own colour."""

Rgb = tuple[int, int, int]


def draw_text(text: str, color: str, room: Size) -> Raster:
    """Return the text as `RGBA`, cropped to its letters, at least as large as fills the room (width, height).

    Only letters of more than 2048 pixels are drawn smaller.
    """
    font = _font(_size_for(text, room))
    rim = round(font.size / _RIM)
    left, top, right, bottom = _ink(font, text, rim)
    letters = Image.new("RGBA", (max(1, right - left), max(1, bottom - top)))
    fill, rim_fill = _colors(color)
    ImageDraw.Draw(letters).text((-left, -top), text, fill, font, stroke_width=rim, stroke_fill=rim_fill)
    return Raster(letters)


@cache
def _font_file() -> bytes:
    """Return the bytes of the font. A sealed child cannot open files, so it must be read before."""
    return resources.files("fontpkg_noto_sans").joinpath("files", "NotoSans[wdth,wght].ttf").read_bytes()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(_font_file()), size, layout_engine=ImageFont.Layout.BASIC)


def _size_for(text: str, room: Size) -> int:
    least = _SIZES[0]
    left, top, right, bottom = _ink(_font(least), text, 0)
    needed = least * min(room[0] / max(1, right - left), room[1] / max(1, bottom - top))
    return next((size for size in _SIZES if size >= needed), _SIZES[-1])


def _ink(font: ImageFont.FreeTypeFont, text: str, rim: int) -> Box:
    box = font.getbbox(text, stroke_width=rim)
    return math.floor(box[0]), math.floor(box[1]), math.ceil(box[2]), math.ceil(box[3])


def _colors(color: str) -> tuple[Rgb, Rgb]:
    """Return the colours of the letters and of their rim: black around light letters, white around dark ones."""
    red, green, blue, _ = parse_color(color)
    light = 299 * red + 587 * green + 114 * blue > 128_000
    return (red, green, blue), (0, 0, 0) if light else (255, 255, 255)
