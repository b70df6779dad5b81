"""Palettes of files that go out as they are: only the colours that pixels have, for a text can stand in the others."""

import io
from collections.abc import Collection

from PIL import Image


def levels_seen(single: bytes, image_format: str) -> set[int]:
    """The indexes that the pixels of an indexed picture have. The file must be sound; it is decoded for this."""
    with Image.open(io.BytesIO(single), formats=[image_format]) as image:
        return {index for index, pixels in enumerate(image.histogram()) if pixels}


def trimmed(palette: bytes, used: Collection[int]) -> bytes:
    """The palette with black in place of what is not used, up to the last colour that is."""
    length = min(len(palette) // 3, max(used) + 1)
    return b"".join(palette[3 * at : 3 * at + 3] if at in used else bytes(3) for at in range(length))
