"""Works on a large image a few rows at a time, so that a step needs little memory beside the image."""

from collections.abc import Callable, Iterator
from typing import Final

from PIL import Image

_CHUNK_BYTES: Final = 2**22


def row_chunks(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """Yield chunks of rows, each with the number of its first row. A small image is a single chunk."""
    step = max(_CHUNK_BYTES // (4 * image.width), 1)
    if step >= image.height:
        yield 0, image
        return
    for top in range(0, image.height, step):
        yield top, image.crop((0, top, image.width, min(top + step, image.height)))


def map_row_chunks(image: Image.Image, change: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """Return the image with `change` applied to each chunk of rows. `change` must treat each pixel on its own."""
    result: Image.Image | None = None
    for top, chunk in row_chunks(image):
        part = change(chunk)
        if part.height == image.height:
            return part
        result = result or Image.new(part.mode, image.size)
        result.paste(part, (0, top))
    return result or change(image)
