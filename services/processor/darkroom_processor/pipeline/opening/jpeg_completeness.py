"""Checks whether a JPEG without an end marker has all of its pixels.

libjpeg replaces missing data with zeros, then grey. So the picture is decoded several times, each time with other data
appended. If no pixel changes, the data is complete. The first bits of the appended data differ, and one of them begins
with the next restart marker.
"""

import hashlib
import io
from typing import Final

from PIL import Image, ImageChops
from PIL.JpegImagePlugin import JpegImageFile

from darkroom_processor.pipeline.containers import jpeg

_APPENDED: Final = b"\xd5" + hashlib.shake_128(b"").digest(1024).replace(b"\xff", b"")
"""Meaningless entropy-coded data. Its first bit is 1; the data that libjpeg inserts begins with 0."""
_ZEROS: Final = 2
"""The most zero bytes at the end that count as data without further proof."""
_RESTARTS: Final = tuple(bytes((0xFF, 0xD0 + number)) for number in range(8))


def has_all_pixels(data: bytes) -> bool:
    """Whether the data before the end marker is complete. `data` is the file with the end marker that was missing.

    A progressive image must also have all scans, up to the last bit of all coefficients. Zero bytes at the end may
    come from a broken transfer: more than two of them count as data only if every one is needed. Raises what the
    decoder raises.
    """
    if not _has_all_coefficients(data):
        return False
    all_there = data.removesuffix(jpeg.END_OF_IMAGE)
    scan = max(one.end for one in jpeg.walk(data) if one.marker == jpeg.SOS)
    coded = all_there[:scan] + all_there[scan:].rstrip(b"\0")
    # A zero after 0xFF is a stuffed byte, and belongs to the data.
    if coded.endswith(b"\xff") and len(coded) < len(all_there):
        coded += b"\0"
    zeros = len(all_there) - len(coded)
    if any(_is_complete(coded + bytes(number)) for number in range(min(zeros, _ZEROS) + 1)):
        return True
    return zeros > _ZEROS and _is_complete(all_there) and not _is_complete(all_there[:-1])


def _is_complete(coded: bytes) -> bool:
    """Whether no appended data changes a pixel."""
    decoded = _decoded(coded + jpeg.END_OF_IMAGE)
    # A 0xFF at the end may be half of a marker.
    data = coded.removesuffix(b"\xff")
    return all(
        ImageChops.difference(decoded, _decoded(data + start + _APPENDED + jpeg.END_OF_IMAGE)).getbbox() is None
        for start in (b"", _next_restart(coded))
    )


def _decoded(data: bytes) -> Image.Image:
    image = JpegImageFile(io.BytesIO(data))
    image.load()
    return image


def _next_restart(coded: bytes) -> bytes:
    """Return the restart marker that follows the last one in the data (section B.1.1.3)."""
    positions = [coded.rfind(marker) for marker in _RESTARTS]
    last = max(positions)
    return _RESTARTS[(positions.index(last) + 1) % 8 if last >= 0 else 0]


def _has_all_coefficients(data: bytes) -> bool:
    """Whether the scans cover all 64 coefficients of each component, down to the last bit (section G.1.1)."""
    missing: dict[int, set[int]] = {}
    for one in jpeg.walk(data):
        body = one.body
        if one.marker in jpeg.FRAMES and one.whole:
            missing = {body[at]: set(range(64)) for at in range(6, len(body) - 2, 3)}
        elif one.marker == jpeg.SOS and one.whole and len(body) >= 4 + 2 * body[0]:
            first, last, bits = body[-3:]
            if bits & 0x0F == 0:
                for at in range(body[0]):
                    missing.get(body[1 + 2 * at], set()).difference_update(range(first, last + 1))
    return not any(missing.values())
