"""The EXIF orientation: how the stored pixels must be turned to be upright."""

from typing import Final

from PIL import ExifTags, Image
from PIL.Image import Transpose

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.pixels.raster import Raster

UPRIGHT: Final = 1

# Exif 2.32, section 4.6.4, tag 0x0112: the transposition that brings the row and column named there to top and left.
_TRANSPOSITIONS: Final = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_SWAPS_SIDES: Final = frozenset({5, 6, 7, 8})


def read_exif(file: Image.Image) -> Image.Exif:
    """Return the EXIF block of an opened file; an empty one when it is broken.

    A broken block is no reason to refuse an image.
    """
    try:
        return file.getexif()
    except Exception:  # noqa: BLE001 - the parser raises nearly everything on hostile blocks
        return Image.Exif()


def of(exif: Image.Exif) -> int:
    """Return the orientation as stored, 1 to 8; 1 when it is absent or invalid."""
    value = exif.get(ExifTags.Base.Orientation)
    return value if isinstance(value, int) and value in _TRANSPOSITIONS else UPRIGHT


def read(file: Image.Image) -> int:
    """Return the orientation of an opened file, 1 to 8."""
    return of(read_exif(file))


def upright_size(stored: Size, orientation: int) -> Size:
    """Return (width, height) after the orientation is applied."""
    return (stored[1], stored[0]) if orientation in _SWAPS_SIDES else stored


def upright(raster: Raster, orientation: int) -> Raster:
    """Return the raster turned and mirrored as the orientation says."""
    if orientation not in _TRANSPOSITIONS:
        return raster
    transposed = raster.image.transpose(_TRANSPOSITIONS[orientation])
    return raster.with_image(transposed, swaps_sides=orientation in _SWAPS_SIDES)
