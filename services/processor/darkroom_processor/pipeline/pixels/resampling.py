"""Resampling with the kernels of Pillow, but by a library that uses the vector instructions of the CPU.

Pillow does not use them and takes five to ten times as long. The library has no wheel for Linux on ARM, so Pillow does
the work there.
"""

import math
from collections.abc import Iterator
from typing import Final

from PIL import Image
from PIL.Image import Resampling

from darkroom.planner.geometry import Size

try:
    from cykooz_resizer import AlphaMulDiv, CropBox, FilterType, ResizeAlg, ResizeOptions, Resizer
except ImportError:
    VECTORS = False
else:
    VECTORS = True
    _FILTERS: Final = {
        Resampling.BILINEAR: ResizeAlg.convolution(FilterType.bilinear),
        Resampling.BICUBIC: ResizeAlg.convolution(FilterType.catmull_rom),
        Resampling.LANCZOS: ResizeAlg.convolution(FilterType.lanczos3),
    }

FloatBox = tuple[float, float, float, float]
"""(left, top, right, bottom) in fractional pixels."""

_VECTOR_MODES: Final = frozenset({"L", "RGB", "RGBa"})
_PREMULTIPLIED: Final = {"LA": "La", "RGBA": "RGBa"}
_SUPPORT: Final = 3
"""Pixels of the result, to each side, that the widest kernel (Lanczos) takes into account."""
_STRIP_BYTES: Final = 2**21
"""Bytes of the columns that are premultiplied at once. They fit into the CPU's cache."""
_BETWEEN_BYTES: Final = 2**22
"""Bytes of an image that is scaled along one axis and not yet along the other."""


def resample(image: Image.Image, size: Size, kernel: Resampling, box: FloatBox) -> Image.Image:
    """Return the box of an image, scaled to `size`. With alpha the result is premultiplied, except by `NEAREST`."""
    if kernel is Resampling.NEAREST or image.mode not in _PREMULTIPLIED:
        return _scaled(image, size, kernel, box)
    ratio = max((box[2] - box[0]) / size[0], 1.0)
    first = max(math.floor(box[0] - _SUPPORT * ratio), 0)
    last = min(math.ceil(box[2] + _SUPPORT * ratio), image.width)
    columns = _premultiplied_columns(image, (first, last), size[1], kernel, (box[1], box[3]))
    return _scaled(columns, size, kernel, (box[0] - first, 0, box[2] - first, size[1]))


def averaged(image: Image.Image, factors: tuple[int, int]) -> Image.Image:
    """Return an image whose pixels are means of blocks of `factors` (across, down). With alpha, it is premultiplied."""
    if image.mode not in _PREMULTIPLIED:
        return image.reduce(factors)
    across, down = factors
    means = Image.new(_PREMULTIPLIED[image.mode], (-(-image.width // across), -(-image.height // down)))
    for left, strip in _premultiplied_strips(image, (0, image.width), multiple=across):
        means.paste(strip.reduce(factors), (left // across, 0))
    return means


def _premultiplied_columns(
    image: Image.Image, columns: tuple[int, int], height: int, kernel: Resampling, rows: tuple[float, float]
) -> Image.Image:
    """Return the columns of an image with straight colours, premultiplied and scaled down to `height`."""
    scaled = Image.new(_PREMULTIPLIED[image.mode], (columns[1] - columns[0], height))
    for left, strip in _premultiplied_strips(image, columns):
        box = (0, rows[0], strip.width, rows[1])
        scaled.paste(_scaled(strip, (strip.width, height), kernel, box), (left - columns[0], 0))
    return scaled


def _premultiplied_strips(
    image: Image.Image, columns: tuple[int, int], multiple: int = 1
) -> Iterator[tuple[int, Image.Image]]:
    """Yield the columns of an image with straight colours in premultiplied strips, each with its first column.

    Strips avoid a premultiplied copy of the whole image. Strips that are completely transparent are left out.
    """
    step = max(_STRIP_BYTES // (4 * image.height * multiple), 1) * multiple
    for left in range(*columns, step):
        strip = image.crop((left, 0, min(left + step, columns[1]), image.height))
        if strip.getbbox():
            yield left, _premultiplied(strip)


def _premultiplied(image: Image.Image) -> Image.Image:
    """Return the image with its colours multiplied by its alpha. The image may be overwritten."""
    if not VECTORS or image.mode != "RGBA":
        return image.convert(_PREMULTIPLIED[image.mode])
    AlphaMulDiv().multiply_alpha_pil_inplace(image)
    return image


def _scaled(image: Image.Image, size: Size, kernel: Resampling, box: FloatBox) -> Image.Image:
    if not VECTORS or image.mode not in _VECTOR_MODES or kernel not in _FILTERS:
        return image.resize(size, kernel, box)
    left, top, right, bottom = box
    scaled = Image.new(image.mode, size)
    ratio = (bottom - top) / size[1]
    # A few rows at a time: between the two axes the library holds them at the width of the source.
    step = max(_BETWEEN_BYTES // (4 * image.width), 1)
    for first in range(0, size[1], step):
        rows = scaled if step >= size[1] else Image.new(image.mode, (size[0], min(step, size[1] - first)))
        start = top + first * ratio
        # Without `min`, rounding could put the end of the last row beyond the image.
        height = min(rows.height * ratio, image.height - start)
        options = ResizeOptions(_FILTERS[kernel], crop_box=CropBox(left, start, right - left, height))
        Resizer().resize_pil(image, rows, options)
        if rows is not scaled:
            scaled.paste(rows, (0, first))
    return scaled
