"""Lets libjpeg decode a JPEG at a part of its size, which is much faster than to decode it whole and shrink it."""

from collections.abc import Callable

from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from darkroom.planner.decode_scale import WHOLE, jpeg_eighths, shrunk
from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.decoding import orientation

_DENOMINATORS = {1: 8, 2: 4, 3: 3, 4: 2}
"""Denominator for each number of eighths: libjpeg takes the next eighth to 1 / denominator."""


def scale_while_decoding(file: Image.Image, needed_scale: Callable[[Size], float]) -> float:
    """Set the scale of an opened JPEG that is enough for `needed_scale`; return it as a part of each side.

    `needed_scale` takes the upright size. Returns 1.0 for other formats, and if the JPEG must be decoded whole.
    """
    if not isinstance(file, JpegImageFile) or len(file.tile) != 1:
        return 1.0
    eighths = jpeg_eighths(needed_scale(orientation.upright_size(file.size, orientation.read(file))))
    if eighths < WHOLE:
        _set_scale(file, eighths)
    return eighths / WHOLE


def _set_scale(file: JpegImageFile, eighths: int) -> None:
    """Do what Pillow's `draft` does, which knows only halves, for any number of eighths."""
    width, height = shrunk(file.size, eighths)
    codec, _, offset, arguments = file.tile[0]
    file.tile = [ImageFile._Tile(codec, (0, 0, width, height), offset, arguments)]  # noqa: SLF001 - see above
    file._size = (width, height)  # noqa: SLF001 - see above
    file.decoderconfig = (_DENOMINATORS[eighths], 0)
