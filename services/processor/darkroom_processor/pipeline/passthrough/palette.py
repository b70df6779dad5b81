"""Strips copied palettes of unused colours, because a text could be hidden in them."""

import io
from collections.abc import Collection

from PIL import Image


def used_indexes(single: bytes, image_format: str) -> set[int]:
    """Decode an indexed image, whose file must be valid, and return the indexes that its pixels have."""
    with Image.open(io.BytesIO(single), formats=[image_format]) as image:
        return {index for index, pixels in enumerate(image.histogram()) if pixels}


def without_unused(palette: bytes, used: Collection[int]) -> bytes:
    """Return the palette up to the last used colour, with black in place of unused ones."""
    length = min(len(palette) // 3, max(used) + 1)
    return b"".join(palette[3 * at : 3 * at + 3] if at in used else bytes(3) for at in range(length))
