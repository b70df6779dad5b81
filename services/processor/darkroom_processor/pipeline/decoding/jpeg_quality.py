"""Finds the quality that a JPEG was written with, from the quantization table of its lightness."""

from typing import Final

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

_STANDARD: Final = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
"""Quantization steps at quality 50 (ITU-T T.81, table K.1)."""


def _coarseness(quality: int) -> int:
    """Return the sum of the quantization steps at a quality of libjpeg, 1 to 100."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return sum(min(max((step * percent + 50) // 100, 1), 255) for row in _STANDARD for step in row)


_COARSENESS: Final = {quality: _coarseness(quality) for quality in range(1, 101)}


def quality_of(image: Image.Image) -> int | None:
    """Return the quality of a JPEG, 1 to 100; None for other formats. Tables of cameras get the nearest quality."""
    if not isinstance(image, JpegImageFile) or not image.quantization:
        return None
    coarseness = sum(image.quantization[min(image.quantization)])
    return min(_COARSENESS, key=lambda quality: abs(_COARSENESS[quality] - coarseness))
