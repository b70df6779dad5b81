"""Resizes pictures that are transparent all around, such as logos and cut-outs, without their empty borders."""

import math
from typing import Final

from PIL import Image

from darkroom.making.geometry import Size
from darkroom_processor.pipeline.raster import Raster

_REACH: Final = 6
"""Result pixels that are kept around what is seen. A kernel reaches over three, and must not meet the border of the
cut either: there it weighs differently."""
_WORTHWHILE: Final = 0.9

FloatBox = tuple[float, float, float, float]


def resize_seen(image: Image.Image, size: Size, kernel: Image.Resampling, box: FloatBox) -> Image.Image | None:
    """What resizing the box of an `LA` or `RGBA` picture to the size would give, premultiplied.

    None when there is too little border to be worth it.
    """
    seen = image.getbbox()
    if seen is None:
        return Raster(Image.new(image.mode, size)).premultiplied
    (left, right), (first, last) = _span(seen[0], seen[2], image.width, box[0], box[2], size[0])
    (top, bottom), (upper, lower) = _span(seen[1], seen[3], image.height, box[1], box[3], size[1])
    if (right - left) * (bottom - top) > _WORTHWHILE * image.width * image.height:
        return None
    cut = Raster(image.crop((left, top, right, bottom))).premultiplied
    result = Image.new(cut.mode, size)
    if first < last and upper < lower:
        across, down = (box[2] - box[0]) / size[0], (box[3] - box[1]) / size[1]
        part = (
            max(box[0] + first * across - left, 0.0),
            max(box[1] + upper * down - top, 0.0),
            min(box[0] + last * across - left, float(cut.width)),
            min(box[1] + lower * down - top, float(cut.height)),
        )
        result.paste(cut.resize((last - first, lower - upper), kernel, part), (first, upper))
    return result


def _span(seen: int, unseen: int, length: int, start: float, end: float, result: int) -> tuple[Size, Size]:
    """Along one axis: from where to where to cut the source, and which pixels of the result that gives."""
    ratio = (end - start) / result
    reach = math.ceil(_REACH * max(ratio, 1.0))
    low, high = max(seen - reach, 0), min(unseen + reach, length)
    first = 0 if low == 0 else math.ceil((low - start) / ratio)
    last = result if high == length else math.floor((high - start) / ratio)
    return (low, high), (min(max(first, 0), result), min(max(last, 0), result))
