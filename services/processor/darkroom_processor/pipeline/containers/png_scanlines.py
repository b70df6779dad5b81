"""The compressed scanlines of a PNG: their size, and how to compress them again (third edition, sections 9 and 10)."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from zlib_ng import zlib_ng

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.containers.png import MAGIC, Chunk, chunk, walk

_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel, by colour type."""
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Adam7 passes: first column, first row, columns to the next pixel, rows to the next scanline (section 8.2)."""
_PIECE: Final = 2**20
"""Bytes that are decompressed at a time."""
_LEVEL: Final = 9
_FAST_LEVEL: Final = 1
_ZLIB_HEADER: Final = 2
"""Bytes of the zlib header before the Deflate data."""
_DEFLATE: Final = 8
"""The compression method in the zlib header (RFC 1950, section 2.2)."""
_DATA: Final = b"IDAT"


class Header(NamedTuple):
    """The fields of an `IHDR` chunk."""

    width: int
    height: int
    depth: int
    color_type: int
    compression: int
    filtering: int
    interlacing: int

    @classmethod
    def read(cls, header: Chunk) -> "Header":
        """Read the fields of the chunk, which must have 13 bytes."""
        return cls(*struct.unpack(">IIBBBBB", header.body))

    def scanline_bytes(self, size: Size) -> int:
        """Return the bytes of all scanlines of an image of this size, decompressed, filter types included."""
        bits = self.depth * _CHANNELS[self.color_type]
        passes = [size]
        if self.interlacing:
            passes = [
                (-(-(size[0] - left) // across), -(-(size[1] - top) // down)) for left, top, across, down in _PASSES
            ]
        return sum(height * (1 + -(-width * bits // 8)) for width, height in passes if width > 0 and height > 0)


def with_valid_stream(data: bytes) -> bytes | None:
    """Return the file with its scanlines compressed again; None if one of them is missing.

    Browsers show a file whose scanlines are complete even if the end or the checksum of the zlib stream is wrong.
    """
    chunks = list(walk(data))
    if not chunks or chunks[0].kind != b"IHDR" or chunks[0].length != 13:
        return None
    header = Header.read(chunks[0])
    if header.color_type not in _CHANNELS:
        return None
    parts = [one.body for one in chunks if one.kind == _DATA]
    stream = recompress(parts, header.scanline_bytes((header.width, header.height)), _FAST_LEVEL)
    if stream is None:
        return None
    first = next(one.start for one in chunks if one.kind == _DATA)
    before = [chunk(one.kind, one.body) for one in chunks if one.start < first]
    after = [chunk(one.kind, one.body) for one in chunks if one.start > first and one.kind not in {_DATA, b"IEND"}]
    return b"".join([MAGIC, *before, chunk(_DATA, stream), *after, chunk(b"IEND", b"")])


def recompress(parts: Sequence[memoryview], expected: int, level: int = _LEVEL) -> bytes | None:
    """Compress the first `expected` bytes of a zlib stream again. None if it has fewer. The checksum is not checked."""
    compressor, decompressor = zlib_ng.compressobj(level), zlib.decompressobj(-zlib.MAX_WBITS)
    stream = memoryview(b"".join(parts))
    if not stream or stream[0] & 15 != _DEFLATE:
        return None
    compressed, rest = [], bytes(stream[_ZLIB_HEADER:])
    try:
        while expected and not decompressor.eof:
            piece = decompressor.decompress(rest, min(expected, _PIECE))
            if not piece and not rest:
                break
            rest = decompressor.unconsumed_tail
            compressed.append(compressor.compress(piece))
            expected -= len(piece)
    except zlib.error:
        return None
    return None if expected else b"".join([*compressed, compressor.flush()])


def decompressed_pieces(decompressor: "zlib._Decompress", part: memoryview) -> Iterator[bytes]:
    """Decompress one part of a stream. Yields at most `_PIECE` bytes at a time, and stops at the end of the stream."""
    rest: memoryview | bytes = part
    while rest and not decompressor.eof:
        piece = decompressor.decompress(rest, _PIECE)
        rest = decompressor.unconsumed_tail
        yield piece
