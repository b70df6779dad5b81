"""Writes a sample image, so that a newcomer has one to upload."""

import struct
import zlib
from pathlib import Path
from typing import Final

_WIDTH: Final = 640
_HEIGHT: Final = 480
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


def write_sample(path: Path) -> None:
    """Write a colourful PNG of 640×480 pixels (https://www.w3.org/TR/png-3/)."""
    # 8 bits a channel, RGB, no interlacing.
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    rows = b"".join(_row(y) for y in range(_HEIGHT))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b""))


def _row(y: int) -> bytes:
    """Return one row of the image, after its filter byte (0: none)."""
    green = y * 255 // _HEIGHT
    return b"\0" + b"".join(bytes((x * 255 // _WIDTH, green, (x ^ y) & 255)) for x in range(_WIDTH))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
