"""PNG: whether all chunks are there and whole (PNG third edition, section 5)."""

import zlib
from enum import Enum, auto

_FIRST_CHUNK = 8
_LAST_CHUNK = b"IEND"


class Wholeness(Enum):
    """The state of a file's chunks."""

    WHOLE = auto()
    CUT = auto()
    """It ends before its last chunk does."""
    DAMAGED = auto()
    """A checksum is wrong in a chunk without which the picture cannot be told."""


def check(data: bytes) -> Wholeness:
    """Walk the chunks. Decoders do not all look at the checksums of pixel data, so wrong pixels would pass."""
    view = memoryview(data)
    at = _FIRST_CHUNK
    while at + 12 <= len(data):
        length = int.from_bytes(view[at : at + 4], "big")
        end = at + 8 + length
        kind = bytes(view[at + 4 : at + 8])
        if end + 4 > len(data):
            break
        # A capital first letter marks a chunk as critical.
        if kind[:1].isupper() and zlib.crc32(view[at + 4 : end]) != int.from_bytes(view[end : end + 4], "big"):
            return Wholeness.DAMAGED
        if kind == _LAST_CHUNK:
            return Wholeness.WHOLE
        at = end + 4
    return Wholeness.CUT
