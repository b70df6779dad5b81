"""Finds the part of a picture that people look at: where there is detail and colour.

A plain saliency measure after smartcrop.js: edges of the lightness plus saturation, on a small copy of the picture.
"""

from itertools import accumulate
from typing import Final

from PIL import Image, ImageChops, ImageFilter

from darkroom.recipes import Focus
from darkroom_processor.pipeline.raster import Raster

_SIDE: Final = 96
"""Pixels of the longer side that the measure is taken on."""
_EDGE_WEIGHT: Final = 4.0
_SATURATION_WEIGHT: Final = 0.3


def focus(raster: Raster, kept: tuple[float, float]) -> Focus:
    """The centre of the window with most to see; `kept` is the window's part of the width and of the height."""
    saliency = _saliency(_small(raster))
    across = saliency.resize((saliency.width, 1), Image.Resampling.BOX).tobytes()
    down = saliency.resize((1, saliency.height), Image.Resampling.BOX).tobytes()
    return Focus(x=_best_centre(across, kept[0]), y=_best_centre(down, kept[1]))


def _small(raster: Raster) -> Image.Image:
    """Transparent parts become black: there is nothing to see in them."""
    scale = min(_SIDE / max(raster.image.size), 1.0)
    width, height = (max(1, round(side * scale)) for side in raster.image.size)
    small = raster.premultiplied.resize((width, height), Image.Resampling.BOX, reducing_gap=1.0)
    shown = Raster(small).color
    on_black = Image.new("RGB", shown.size)
    on_black.paste(shown, mask=shown.getchannel("A") if shown.mode == "RGBA" else None)
    return on_black


def _saliency(image: Image.Image) -> Image.Image:
    lightness = image.convert("L")
    edges = ImageChops.difference(lightness, lightness.filter(ImageFilter.GaussianBlur(2)))
    saturation = image.convert("HSV").getchannel("S")
    # A dark pixel has a saturation that nobody sees.
    seen = ImageChops.multiply(saturation, lightness)
    strong = edges.point([min(255, round(level * _EDGE_WEIGHT)) for level in range(256)])
    return ImageChops.add(strong, seen.point([round(level * _SATURATION_WEIGHT) for level in range(256)]))


def _best_centre(profile: bytes, kept: float) -> float:
    """The centre, as a fraction, of the window that holds most of the profile; of equal ones the most central."""
    length = len(profile)
    window = min(max(1, round(length * kept)), length)
    sums = [0, *accumulate(profile)]
    starts = range(length - window + 1)
    middle = (length - window) / 2
    best = max(starts, key=lambda start: (sums[start + window] - sums[start], -abs(start - middle)))
    return (best + window / 2) / length
