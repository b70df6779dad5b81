"""Finds the part of a picture that is most worth keeping, on a small copy of it."""

from collections.abc import Callable
from itertools import accumulate
from typing import Final

from PIL import Image, ImageChops, ImageFilter

from darkroom.recipes import Focus, Position
from darkroom_processor.pipeline.pixels.raster import Raster
from darkroom_processor.pipeline.pixels.resampling import averaged

_SIDE: Final = 96
"""Pixels of the longer side of the copy."""
_EDGE_WEIGHT: Final = 4.0
_SATURATION_WEIGHT: Final = 0.3

Score = Callable[[int, int], float]
"""What is to be seen from one column, or row, up to another."""


def find_focus(position: Position, raster: Raster, kept: tuple[float, float]) -> Focus:
    """The centre of the window with most to see; `kept` is the window's part of the width and of the height."""
    image = _small(raster)
    across, down = _information(image) if position is Position.ENTROPY else _attention(image)
    return Focus(x=_best_centre(image.width, kept[0], across), y=_best_centre(image.height, kept[1], down))


def _small(raster: Raster) -> Image.Image:
    """Transparent parts become black: there is nothing to see in them."""
    scale = min(_SIDE / max(raster.image.size), 1.0)
    across, down = raster.image.size
    width, height = max(1, round(across * scale)), max(1, round(down * scale))
    small = averaged(raster.image, (across // width, down // height)).resize((width, height), Image.Resampling.BOX)
    shown = Raster(small).color
    on_black = Image.new("RGB", shown.size)
    on_black.paste(shown, mask=shown.getchannel("A") if shown.mode == "RGBA" else None)
    return on_black


def _information(image: Image.Image) -> tuple[Score, Score]:
    """Shannon's entropy of the tones."""
    tones = image.convert("L")
    return (
        lambda left, right: tones.crop((left, 0, right, tones.height)).entropy(),
        lambda top, bottom: tones.crop((0, top, tones.width, bottom)).entropy(),
    )


def _attention(image: Image.Image) -> tuple[Score, Score]:
    """Detail and colour, a plain measure after smartcrop.js: edges of the lightness, and saturation."""
    saliency = _saliency(image)
    across = saliency.resize((saliency.width, 1), Image.Resampling.BOX).tobytes()
    down = saliency.resize((1, saliency.height), Image.Resampling.BOX).tobytes()
    return _sum_of(across), _sum_of(down)


def _saliency(image: Image.Image) -> Image.Image:
    lightness = image.convert("L")
    edges = ImageChops.difference(lightness, lightness.filter(ImageFilter.GaussianBlur(2)))
    saturation = image.convert("HSV").getchannel("S")
    # A dark pixel has a saturation that nobody sees.
    seen = ImageChops.multiply(saturation, lightness)
    strong = edges.point([min(255, round(level * _EDGE_WEIGHT)) for level in range(256)])
    return ImageChops.add(strong, seen.point([round(level * _SATURATION_WEIGHT) for level in range(256)]))


def _sum_of(profile: bytes) -> Score:
    sums = [0, *accumulate(profile)]
    return lambda start, end: sums[end] - sums[start]


def _best_centre(length: int, kept: float, score: Score) -> float:
    """The centre, as a fraction, of the window with the highest score; of equal ones the most central."""
    window = min(max(1, round(length * kept)), length)
    middle = (length - window) / 2
    starts = range(length - window + 1)
    best = max(starts, key=lambda start: (score(start, start + window), -abs(start - middle)))
    return (best + window / 2) / length
