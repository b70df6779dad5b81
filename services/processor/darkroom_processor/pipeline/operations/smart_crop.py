"""Finds the part of an image that is most worth keeping, on a small copy of it."""

from collections.abc import Callable
from itertools import accumulate
from typing import Final

from PIL import Image, ImageChops, ImageFilter

from darkroom.recipes import Focus, Position
from darkroom_processor.pipeline.pixels.raster import Raster
from darkroom_processor.pipeline.pixels.resampling import averaged

_SIDE: Final = 96
"""Most pixels of the longer side of the copy."""
_EDGE_WEIGHT: Final = 4.0
_SATURATION_WEIGHT: Final = 0.3

Score = Callable[[int, int], float]
"""How much is to be seen from one column or row up to another."""


def find_focus(position: Position, raster: Raster, kept: tuple[float, float]) -> Focus:
    """Return the centre of the window with most to see. `kept` is its part of the width and of the height."""
    image = _small(raster)
    across, down = _entropy(image) if position is Position.ENTROPY else _attention(image)
    return Focus(x=_best_centre(image.width, kept[0], across), y=_best_centre(image.height, kept[1], down))


def _small(raster: Raster) -> Image.Image:
    """Return a small copy on black, so that there is nothing to see in transparent parts."""
    scale = min(_SIDE / max(raster.image.size), 1.0)
    across, down = raster.image.size
    width, height = max(1, round(across * scale)), max(1, round(down * scale))
    small = averaged(raster.image, (across // width, down // height)).resize((width, height), Image.Resampling.BOX)
    shown = Raster(small).color
    on_black = Image.new("RGB", shown.size)
    on_black.paste(shown, mask=shown.getchannel("A") if shown.mode == "RGBA" else None)
    return on_black


def _entropy(image: Image.Image) -> tuple[Score, Score]:
    """Score by Shannon's entropy of the lightness."""
    tones = image.convert("L")
    return (
        lambda left, right: tones.crop((left, 0, right, tones.height)).entropy(),
        lambda top, bottom: tones.crop((0, top, tones.width, bottom)).entropy(),
    )


def _attention(image: Image.Image) -> tuple[Score, Score]:
    """Score by edges of the lightness and by saturation, a simple form of smartcrop.js."""
    saliency = _saliency(image)
    across = saliency.resize((saliency.width, 1), Image.Resampling.BOX).tobytes()
    down = saliency.resize((1, saliency.height), Image.Resampling.BOX).tobytes()
    return _sum_of(across), _sum_of(down)


def _saliency(image: Image.Image) -> Image.Image:
    lightness = image.convert("L")
    edges = ImageChops.difference(lightness, lightness.filter(ImageFilter.GaussianBlur(2)))
    saturation = image.convert("HSV").getchannel("S")
    # The saturation of a dark pixel is not visible.
    seen = ImageChops.multiply(saturation, lightness)
    strong = edges.point([min(255, round(level * _EDGE_WEIGHT)) for level in range(256)])
    return ImageChops.add(strong, seen.point([round(level * _SATURATION_WEIGHT) for level in range(256)]))


def _sum_of(profile: bytes) -> Score:
    sums = [0, *accumulate(profile)]
    return lambda start, end: sums[end] - sums[start]


def _best_centre(length: int, kept: float, score: Score) -> float:
    """Return the centre of the window with the highest score, as a fraction. Of equal ones, the most central wins."""
    window = min(max(1, round(length * kept)), length)
    middle = (length - window) / 2
    starts = range(length - window + 1)
    best = max(starts, key=lambda start: (score(start, start + window), -abs(start - middle)))
    return (best + window / 2) / length
