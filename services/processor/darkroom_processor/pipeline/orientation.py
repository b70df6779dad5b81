"""The EXIF orientation: how the stored pixels must be turned to be seen as they were taken."""

from typing import Final

from PIL import ExifTags, Image
from PIL.Image import Transpose

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.raster import Raster

UPRIGHT: Final = 1

# Exif 2.32, section 4.6.4, tag 0x0112: which transposition brings the row and column named there to top and left.
_TRANSPOSITIONS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_LYING: Final = frozenset({5, 6, 7, 8})


def read(exif: Image.Exif) -> int:
    """The orientation as stored, 1 to 8; 1 when it is absent or makes no sense."""
    value = exif.get(ExifTags.Base.Orientation)
    return value if isinstance(value, int) and value in _TRANSPOSITIONS else UPRIGHT


def seen_size(stored: Size, orientation: int) -> Size:
    """(width, height) of the upright picture."""
    return (stored[1], stored[0]) if orientation in _LYING else stored


def upright(raster: Raster, orientation: int) -> Raster:
    """The picture as it is meant to be seen."""
    if orientation not in _TRANSPOSITIONS:
        return raster
    turned = raster.image.transpose(_TRANSPOSITIONS[orientation])
    return raster.with_image(turned, turned=orientation in _LYING)
