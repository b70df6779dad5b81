"""Texts as pictures, in Noto Sans (SIL Open Font License).

Letters are laid out by FreeType alone and not by Raqm, which finds a part of itself on some systems and not on others:
the same recipe gives the same pixels everywhere. The scripts that need more are refused with the recipe.
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
"""The font sizes in which texts are drawn, in pixels, to be scaled from there. A font costs FreeType some 20 ms once,
for its hints; so there are few of them, and they are kept."""
_RIM: Final = 24
"""The rim is this part of the font size: thin, but enough on a background of the letters' own colour."""

Rgb = tuple[int, int, int]


def draw_text(text: str, color: str, room: Size) -> Raster:
    """The text as a picture just large enough, `RGBA`, drawn no smaller than it has to be to fill the room.

    Only letters of more than 2048 pixels are.
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
    """The font, read when it is first needed: a sealed child must have done so before."""
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
    """Of the letters, and of their rim."""
    red, green, blue, _ = parse_color(color)
    light = 299 * red + 587 * green + 114 * blue > 128_000
    return (red, green, blue), (0, 0, 0) if light else (255, 255, 255)
