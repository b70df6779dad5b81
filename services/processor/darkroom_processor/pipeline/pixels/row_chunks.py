"""Large pictures some rows at a time, for steps that look at single pixels: they need little beside the picture."""

from collections.abc import Callable, Iterator
from typing import Final

from PIL import Image

_BAND_BYTES: Final = 2**22


def row_chunks(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """The rows of a picture, and where each band of them begins; a small picture as it is."""
    step = max(_BAND_BYTES // (4 * image.width), 1)
    if step >= image.height:
        yield 0, image
        return
    for top in range(0, image.height, step):
        yield top, image.crop((0, top, image.width, min(top + step, image.height)))


def map_row_chunks(image: Image.Image, change: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """What a change of single pixels makes of a picture."""
    result: Image.Image | None = None
    for top, band in row_chunks(image):
        part = change(band)
        if part.height == image.height:
            return part
        result = result or Image.new(part.mode, image.size)
        result.paste(part, (0, top))
    return result or change(image)
