"""The packed rows of a PNG: how many bytes they have, and how to pack them again (third edition, sections 9, 10)."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from zlib_ng import zlib_ng

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.containers.png import MAGIC, Chunk, chunk, walk

_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel by colour type."""
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Passes of an interlaced picture: first column and row, and how far it is to the next ones (section 8.2)."""
_PIECE: Final = 2**20
"""Bytes that are unpacked at a time."""
_LEVEL: Final = 9
_QUICKLY: Final = 1
_STREAM_HEAD: Final = 2
"""Bytes before the packed data. They say nothing that is needed."""
_DEFLATE: Final = 8
_DATA: Final = b"IDAT"


class Header(NamedTuple):
    """What an `IHDR` chunk says."""

    width: int
    height: int
    depth: int
    color_type: int
    compression: int
    filtering: int
    interlacing: int

    @classmethod
    def read(cls, header: Chunk) -> "Header":
        """The fields of the chunk, which must have 13 bytes."""
        return cls(*struct.unpack(">IIBBBBB", header.body))

    def packed_size(self, size: Size) -> int:
        """Bytes of the rows of a picture of this size, once they are unpacked, the filter types included."""
        bits = self.depth * _CHANNELS[self.color_type]
        passes = [size]
        if self.interlacing:
            passes = [
                (-(-(size[0] - left) // across), -(-(size[1] - top) // down)) for left, top, across, down in _PASSES
            ]
        return sum(height * (1 + -(-width * bits // 8)) for width, height in passes if width > 0 and height > 0)


def with_sound_rows(data: bytes) -> bytes | None:
    """Return the file with its rows packed again; None if one of them is missing.

    For a file whose rows are there and whose stream is wrong behind them: its checksum, or its end. Browsers show it.
    """
    chunks = list(walk(data))
    if not chunks or chunks[0].kind != b"IHDR" or chunks[0].length != 13:
        return None
    header = Header.read(chunks[0])
    if header.color_type not in _CHANNELS:
        return None
    parts = [one.body for one in chunks if one.kind == _DATA]
    rows = packed_anew(parts, header.packed_size((header.width, header.height)), _QUICKLY)
    if rows is None:
        return None
    first = next(one.start for one in chunks if one.kind == _DATA)
    before = [chunk(one.kind, one.body) for one in chunks if one.start < first]
    behind = [chunk(one.kind, one.body) for one in chunks if one.start > first and one.kind not in {_DATA, b"IEND"}]
    return b"".join([MAGIC, *before, chunk(_DATA, rows), *behind, chunk(b"IEND", b"")])


def packed_anew(parts: Sequence[memoryview], expected: int, level: int = _LEVEL) -> bytes | None:
    """Pack the first `expected` bytes of a zlib stream again; None if it has fewer. Its checksum is not checked."""
    packer, unpacker = zlib_ng.compressobj(level), zlib.decompressobj(-zlib.MAX_WBITS)
    stream = memoryview(b"".join(parts))
    if not stream or stream[0] & 15 != _DEFLATE:
        return None
    packed, rest = [], bytes(stream[_STREAM_HEAD:])
    try:
        while expected and not unpacker.eof:
            piece = unpacker.decompress(rest, min(expected, _PIECE))
            if not piece and not rest:
                break
            rest = unpacker.unconsumed_tail
            packed.append(packer.compress(piece))
            expected -= len(piece)
    except zlib.error:
        return None
    return None if expected else b"".join([*packed, packer.flush()])


def unpacked_pieces(unpacker: "zlib._Decompress", part: memoryview) -> Iterator[bytes]:
    """What a part is unpacked to, piece by piece; nothing behind the end."""
    rest: memoryview | bytes = part
    while rest and not unpacker.eof:
        piece = unpacker.decompress(rest, _PIECE)
        rest = unpacker.unconsumed_tail
        yield piece
