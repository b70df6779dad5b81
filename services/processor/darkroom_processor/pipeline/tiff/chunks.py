"""Decompresses the strips and tiles of a TIFF by libtiff, and undoes the predictor (TIFF 6.0, sections 14 and 15).

Here a chunk is a strip or a tile.
"""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image

from darkroom.errors import TruncatedImage, UndecodableImage
from darkroom_processor.pipeline.tiff.layout import Compression, Layout, Photometric
from darkroom_processor.pipeline.tiff.tag import Tag
from darkroom_processor.pipeline.tiff.tags import Tags

_GROWTH: Final = 2
"""A compressed chunk is read up to this multiple of its decompressed bytes. Without a limit, many overlapping chunks
could name the same bytes."""
_HEADER_BYTES: Final = 1024
_LANES: Final = {16: "H", 32: "I", 64: "Q"}
"""Codes of `array` for unsigned numbers, by their bits."""
_SHORT, _LONG = 3, 4
_FLOATING_POINT: Final = 3
"""The floating-point predictor (TIFF Technical Note 3)."""


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """A decompressed strip or tile, of all samples or of one plane. Tiles may reach beyond the right and lower edge."""

    left: int
    top: int
    width: int
    height: int
    rows: bytes
    """Rows of samples in the file's byte order. Each row begins at a byte."""


def chunks(data: bytes, tags: Tags, layout: Layout, plane: int) -> Iterator[Chunk]:
    """Yield the chunks of a page, or of one plane of it, in the order of the file.

    Raises TruncatedImage if one lies beyond the end, UndecodableImage if there are too few or their size is wrong, and
    what the decoder raises.
    """
    grid = _Grid.of(tags, layout)
    positions = grid.positions(plane)
    for number, (left, top) in enumerate(positions, start=len(positions) * plane):
        height = grid.height if grid.tiled else min(grid.height, layout.size[1] - top)
        rows = _decompressed(grid.stored(data, number, height), layout, grid.row_bytes, height)
        yield Chunk(left=left, top=top, width=grid.width, height=height, rows=_unpredicted(rows, layout, grid))


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """Positions of the chunks, in the picture and in the file."""

    width: int
    height: int
    tiled: bool
    offsets: tuple[int, ...]
    counts: tuple[int, ...]
    """Bytes of each chunk. They may be missing if there is no compression."""
    layout: Layout

    @classmethod
    def of(cls, tags: Tags, layout: Layout) -> "_Grid":
        tiled = Tag.TILE_OFFSETS in tags
        width, height = layout.size
        offsets = _numbers(tags, Tag.TILE_OFFSETS if tiled else Tag.STRIP_OFFSETS)
        counts = _numbers(tags, Tag.TILE_BYTE_COUNTS if tiled else Tag.STRIP_BYTE_COUNTS)
        if tiled:
            width, height = _number(tags, Tag.TILE_WIDTH), _number(tags, Tag.TILE_LENGTH)
        else:
            height = min(_number(tags, Tag.ROWS_PER_STRIP, height), height)
        if not 0 < width <= 2 * layout.size[0] + 4096 or not 0 < height <= layout.size[1] + 4096:
            raise UndecodableImage(
                "The file is damaged: the strips or tiles of the TIFF have no size, or are much larger than the image."
            )
        return cls(width=width, height=height, tiled=tiled, offsets=offsets, counts=counts, layout=layout)

    @property
    def samples(self) -> int:
        """Samples of a pixel in one chunk."""
        return 1 if self.layout.planar else self.layout.samples

    @property
    def row_bytes(self) -> int:
        """Bytes of one row of a chunk."""
        return (self.width * self.samples * self.layout.bits + 7) // 8

    def positions(self, plane: int) -> list[tuple[int, int]]:
        """Return (left, top) of each chunk of a plane. Raises UndecodableImage if the file lacks one of them."""
        across, down = self.layout.size
        count = -(-across // self.width) * -(-down // self.height)
        if len(self.offsets) < count * (plane + 1):
            raise UndecodableImage("The file is damaged: the TIFF has fewer strips or tiles than its pixels need.")
        return [(left, top) for top in range(0, down, self.height) for left in range(0, across, self.width)]

    def stored(self, data: bytes, number: int, height: int) -> bytes:
        """Return the bytes of a chunk as they are in the file."""
        whole = self.row_bytes * height
        start = self.offsets[number]
        if self.layout.compression == Compression.NONE:
            length = whole
        elif number < len(self.counts):
            length = min(self.counts[number], _GROWTH * whole + _HEADER_BYTES)
        else:
            raise UndecodableImage("The file is damaged: the TIFF does not say how long its strips or tiles are.")
        if not 0 < start <= start + length <= len(data):
            raise TruncatedImage("The file is truncated: it ends before the last pixel.")
        return data[start : start + length]


def _decompressed(stored: bytes, layout: Layout, row_bytes: int, height: int) -> bytes:
    """Decompress a chunk. libtiff gets it as an 8-bit grey image of one strip, whatever its bytes mean."""
    entries = (
        (Tag.IMAGE_WIDTH, _LONG, row_bytes),
        (Tag.IMAGE_LENGTH, _LONG, height),
        (Tag.BITS_PER_SAMPLE, _SHORT, 8),
        (Tag.COMPRESSION, _SHORT, layout.compression),
        (Tag.PHOTOMETRIC_INTERPRETATION, _SHORT, Photometric.BLACK_IS_ZERO),
        (Tag.FILL_ORDER, _SHORT, layout.fill_order),
        (Tag.STRIP_OFFSETS, _LONG, 8),
        (Tag.SAMPLES_PER_PIXEL, _SHORT, 1),
        (Tag.ROWS_PER_STRIP, _LONG, height),
        (Tag.STRIP_BYTE_COUNTS, _LONG, len(stored)),
    )
    at = 8 + len(stored) + len(stored) % 2
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    file = b"".join([struct.pack("<2sHI", b"II", 42, at), stored, b"\0" * (len(stored) % 2), directory, bytes(4)])
    return Image.frombytes("L", (row_bytes, height), file, "libtiff", "L", False, at).tobytes()  # noqa: FBT003


def _unpredicted(rows: bytes, layout: Layout, grid: _Grid) -> bytes:
    if layout.predictor == 1:
        return rows
    undo = _undo_floating if layout.predictor == _FLOATING_POINT else _undo_horizontal
    length = grid.row_bytes
    return b"".join(undo(rows[start : start + length], layout, grid.samples) for start in range(0, len(rows), length))


def _undo_horizontal(row: bytes, layout: Layout, stride: int) -> bytes:
    """Undo horizontal differencing: each sample is stored as the difference from that of the previous pixel."""
    return _swapped(_sums(_swapped(row, layout), layout.bits, stride), layout)


def _undo_floating(row: bytes, layout: Layout, stride: int) -> bytes:
    """Undo the floating-point predictor (TIFF Technical Note 3).

    The row has the highest bytes of all samples first, then the next lower ones, and so on. Each byte is stored as its
    difference from the previous one.
    """
    summed, size = _sums(row, 8, stride), layout.bits // 8
    samples, length = bytearray(len(row)), len(row) // size
    for place in range(size):
        at = place if layout.order == "big" else size - 1 - place
        samples[at::size] = summed[place * length : (place + 1) * length]
    return bytes(samples)


def _swapped(row: bytes, layout: Layout) -> bytes:
    """Convert samples from the file's byte order to little-endian, or back."""
    if layout.order == "little" or layout.bits == 8:
        return row
    samples = array(_LANES[layout.bits], row)
    samples.byteswap()
    return samples.tobytes()


def _sums(row: bytes, bits: int, stride: int) -> bytes:
    """Return the running sums of little-endian numbers modulo 2 ** bits. Only every `stride`-th number is added.

    The row is treated as one long number, whose lanes are added at once (Hillis and Steele, 1986). Each step doubles
    the number of neighbours in a lane's sum. The highest bit of a lane is added separately, so that nothing is carried
    into the next lane.
    """
    whole = len(row) * 8
    lanes = whole // bits
    high = int.from_bytes((b"\0" * (bits // 8 - 1) + b"\x80") * lanes, "little")
    low = (1 << whole) - 1 ^ high
    sums, shift = int.from_bytes(row, "little"), stride * bits
    while shift < whole:
        moved = sums << shift & (1 << whole) - 1
        sums = (sums & low) + (moved & low) ^ (sums ^ moved) & high
        shift *= 2
    return sums.to_bytes(len(row), "little")


def _numbers(tags: Tags, tag: int) -> tuple[int, ...]:
    value = tags.get(tag, ())
    values = value if isinstance(value, tuple) else (value,)
    return tuple(number for number in values if isinstance(number, int))


def _number(tags: Tags, tag: int, default: int = 0) -> int:
    return next(iter(_numbers(tags, tag)), default)
