"""Tells whether a JPEG without its end marker has all of its pixels.

libjpeg invents what is missing: zeros, then grey. So the picture is decoded with several continuations of its data. If
none of them changes a pixel, the data that are there tell all of them. The first bits of the continuations differ, and
one begins with the restart marker that would come next.
"""

import hashlib
import io
from typing import Final

from PIL import Image, ImageChops
from PIL.JpegImagePlugin import JpegImageFile

from darkroom_processor.pipeline.containers import jpeg

_CONTINUED: Final = b"\xd5" + hashlib.shake_128(b"").digest(1024).replace(b"\xff", b"")
"""Entropy-coded data that mean nothing. They begin with a one; libjpeg's own begin with a zero."""
_ZEROS: Final = 2
"""Bytes of zeros at the end that are taken for data."""
_RESTARTS: Final = tuple(bytes((0xFF, 0xD0 + number)) for number in range(8))


def has_all_pixels(data: bytes) -> bool:
    """Whether the file, given with an end marker that it did not have, needs nothing in its place.

    Of a progressive picture all scans must be there as well, up to the last bit of all coefficients. Zeros at the end
    may be what a broken transfer left instead of data: more than two of them count only if every one is needed. Raises
    what the decoder raises.
    """
    if not _has_all_coefficients(data):
        return False
    all_there = data.removesuffix(jpeg.END_OF_IMAGE)
    scan = max(one.end for one in jpeg.walk(data) if one.marker == jpeg.SOS)
    coded = all_there[:scan] + all_there[scan:].rstrip(b"\0")
    # A zero after 0xFF belongs to it.
    if coded.endswith(b"\xff") and len(coded) < len(all_there):
        coded += b"\0"
    zeros = len(all_there) - len(coded)
    if any(_is_complete(coded + bytes(number)) for number in range(min(zeros, _ZEROS) + 1)):
        return True
    return zeros > _ZEROS and _is_complete(all_there) and not _is_complete(all_there[:-1])


def _is_complete(coded: bytes) -> bool:
    """Whether no continuation of the data changes a pixel."""
    seen = _decoded(coded + jpeg.END_OF_IMAGE)
    # A 0xFF at the end may be half of a marker.
    broken_off = coded.removesuffix(b"\xff")
    return all(
        ImageChops.difference(seen, _decoded(broken_off + start + _CONTINUED + jpeg.END_OF_IMAGE)).getbbox() is None
        for start in (b"", _next_restart(coded))
    )


def _decoded(data: bytes) -> Image.Image:
    image = JpegImageFile(io.BytesIO(data))
    image.load()
    return image


def _next_restart(coded: bytes) -> bytes:
    """The restart marker after the last one that is there (section B.1.1.3)."""
    places = [coded.rfind(marker) for marker in _RESTARTS]
    last = max(places)
    return _RESTARTS[(places.index(last) + 1) % 8 if last >= 0 else 0]


def _has_all_coefficients(data: bytes) -> bool:
    """Whether the headers of the scans tell all 64 coefficients of each component to the last bit (section G.1.1)."""
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
