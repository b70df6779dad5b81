"""Copies the samples of a 16-bit PPM or PGM into a PNG, which stores them in the same order.

8-bit files are encoded instead, because encoders keep 8 bits. Source: https://netpbm.sourceforge.net/doc/ppm.html
"""

import re
import struct
from typing import Final

from zlib_ng import zlib_ng

from darkroom_processor.pipeline.containers.png import MAGIC, chunk
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.png_writer import kept_chunks
from darkroom_processor.pipeline.passthrough.differencing import difference

_HEADER: Final = re.compile(rb"P([56])" + 3 * rb"(?:\s|#[^\n]*\n)+(\d{1,9})" + rb"\s")
"""Magic number, width, height and maximum level. Comments can precede each number."""
_HIGHEST: Final = 0xFFFF
_COLOR_TYPES: Final = {b"5": (0, 1), b"6": (2, 3)}
"""PNG's colour type, and the samples of a pixel, by the magic number."""
_SUB: Final = b"\1"
"""PNG's filter type Sub."""
_BAND_BYTES: Final = 2**20
_LEVEL: Final = 9


def is_deep(data: bytes) -> bool:
    """Whether samples have 16 bits, and the maximum level is 65,535."""
    header = _HEADER.match(data)
    return header is not None and int(header[4]) == _HIGHEST


def to_png(data: bytes, kept: KeptMetadata) -> bytes | None:
    """Return the image as a 16-bit PNG. None if its samples have fewer bits, or some are missing."""
    header = _HEADER.match(data)
    if header is None or int(header[4]) != _HIGHEST:
        return None
    width, height = int(header[2]), int(header[3])
    color_type, samples = _COLOR_TYPES[header[1]]
    row_bytes = 2 * samples * width
    start, end = header.end(), header.end() + row_bytes * height
    if not 0 < row_bytes * height <= len(data) - start:
        return None
    compressor, step = zlib_ng.compressobj(_LEVEL), max(_BAND_BYTES // row_bytes, 1) * row_bytes
    bands = (data[at : min(at + step, end)] for at in range(start, end, step))
    compressed = [compressor.compress(_filtered(band, row_bytes, samples)) for band in bands]
    parts = [
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, color_type, 0, 0, 0)),
        *kept_chunks(kept),
        chunk(b"IDAT", b"".join([*compressed, compressor.flush()])),
        chunk(b"IEND", b""),
    ]
    return b"".join([MAGIC, *parts])


def _filtered(rows: bytes, row_bytes: int, samples: int) -> bytes:
    """Return the scanlines with the filter Sub, filter types included (PNG third edition, section 9.2)."""
    filtered = difference(rows, row_bytes, 8, 2 * samples, "big")
    return b"".join(_SUB + filtered[at : at + row_bytes] for at in range(0, len(filtered), row_bytes))
