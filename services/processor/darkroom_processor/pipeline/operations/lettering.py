"""Texts as pictures, in Noto Sans (SIL Open Font License).

Letters are laid out by FreeType alone and not by Raqm, which finds a part of itself on some systems and not on others:
the same recipe gives the same pixels everywhere. The scripts that need more are refused with the recipe.
"""

import io
from functools import cache
from importlib import resources
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from darkroom_processor.pipeline.geometry import Box
from darkroom_processor.pipeline.operations.canvas import parse_color
from darkroom_processor.pipeline.raster import Size

_TRIAL: Final = 100
"""The font size at which a text is measured, in pixels."""
_SMALLEST: Final = 4
_RIM: Final = 24
"""The rim is this part of the font size: thin, but enough on a background of the letters' own colour."""

Rgb = tuple[int, int, int]


def lettering(text: str, color: str, room: Size) -> Image.Image:
    """The text as a picture just large enough, `RGBA`: as large as the room (width, height) allows, rim not counted.

    Letters are at least four pixels high, even where that is too much for the room.
    """
    font = _font(_font_size(text, room))
    rim = max(1, round(font.size / _RIM))
    left, top, right, bottom = _ink(font, text, rim)
    letters = Image.new("RGBA", (max(1, right - left), max(1, bottom - top)))
    fill, rim_fill = _colors(color)
    ImageDraw.Draw(letters).text((-left, -top), text, fill, font, stroke_width=rim, stroke_fill=rim_fill)
    return letters


@cache
def _font_file() -> bytes:
    """The font, read when it is first needed: a sealed child must have done so before."""
    return resources.files("fontpkg_noto_sans").joinpath("files", "NotoSans[wdth,wght].ttf").read_bytes()


def _font(size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(_font_file()), size, layout_engine=ImageFont.Layout.BASIC)


def _font_size(text: str, room: Size) -> float:
    left, top, right, bottom = _ink(_font(_TRIAL), text, 0)
    by_width = _TRIAL * room[0] / max(1, right - left)
    by_height = _TRIAL * room[1] / max(1, bottom - top)
    return max(_SMALLEST, min(by_width, by_height))


def _ink(font: ImageFont.FreeTypeFont, text: str, rim: int) -> Box:
    box = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), text, font, stroke_width=rim)
    return int(box[0]), int(box[1]), round(box[2] + 0.5), round(box[3] + 0.5)


def _colors(color: str) -> tuple[Rgb, Rgb]:
    """Of the letters, and of their rim."""
    red, green, blue, _ = parse_color(color)
    light = 299 * red + 587 * green + 114 * blue > 128_000
    return (red, green, blue), (0, 0, 0) if light else (255, 255, 255)
