"""The strips and tiles of a TIFF: decompressed by libtiff, their prediction undone (TIFF 6.0, sections 14 and 15)."""

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image

from darkroom.errors import TruncatedImage, UndecodableImage
from darkroom_processor.pipeline.tiff.layout import RAW, Layout
from darkroom_processor.pipeline.tiff.tags import Tags

_STRIP_OFFSETS, _STRIP_COUNTS, _ROWS_PER_STRIP = 273, 279, 278
_TILE_WIDTH, _TILE_LENGTH, _TILE_OFFSETS, _TILE_COUNTS = 322, 323, 324, 325
_GROWTH: Final = 2
"""How many times as long compression may make a chunk. More of it is not looked at: chunks that overlap could name the
same bytes any number of times."""
_HEADER_BYTES: Final = 1024
_LANES: Final = {16: "H", 32: "I", 64: "Q"}
_FLOATING_POINT: Final = 3


@dataclass(frozen=True, kw_only=True)
class Chunk:
    """A strip or a tile, or what it has of one sample. Tiles reach beyond the right and the lower edge."""

    left: int
    top: int
    width: int
    height: int
    rows: bytes
    """Rows of samples, each of whole bytes, in the file's order of bytes."""


def chunks(data: bytes, tags: Tags, layout: Layout, plane: int) -> Iterator[Chunk]:
    """All chunks of a page, or those of one of its planes, in the order of the file.

    Raises TruncatedImage when one lies beyond the end, UndecodableImage when there are too few or they make no sense,
    and what the decoder raises.
    """
    grid = _Grid.of(tags, layout)
    places = grid.places(plane)
    for number, (left, top) in enumerate(places, start=len(places) * plane):
        height = grid.height if grid.tiled else min(grid.height, layout.size[1] - top)
        rows = _unpacked(grid.stored(data, number, height), layout, grid.row_bytes, height)
        yield Chunk(left=left, top=top, width=grid.width, height=height, rows=_unpredicted(rows, layout, grid))


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """Where chunks lie, in the picture and in the file."""

    width: int
    height: int
    tiled: bool
    offsets: tuple[int, ...]
    counts: tuple[int, ...]
    """Bytes of each chunk; may be missing when there is no compression."""
    layout: Layout

    @classmethod
    def of(cls, tags: Tags, layout: Layout) -> "_Grid":
        tiled = _TILE_OFFSETS in tags
        width, height = layout.size
        offsets = _numbers(tags, _TILE_OFFSETS if tiled else _STRIP_OFFSETS)
        counts = _numbers(tags, _TILE_COUNTS if tiled else _STRIP_COUNTS)
        if tiled:
            width, height = _number(tags, _TILE_WIDTH), _number(tags, _TILE_LENGTH)
        else:
            height = min(_number(tags, _ROWS_PER_STRIP, height), height)
        if not 0 < width <= 2 * layout.size[0] + 4096 or not 0 < height <= layout.size[1] + 4096:
            raise UndecodableImage("The strips or tiles of the TIFF have no size, or are larger than the picture.")
        return cls(width=width, height=height, tiled=tiled, offsets=offsets, counts=counts, layout=layout)

    @property
    def samples(self) -> int:
        """Samples that a chunk has of one pixel."""
        return 1 if self.layout.planar else self.layout.samples

    @property
    def row_bytes(self) -> int:
        """Bytes of a row of a chunk."""
        return (self.width * self.samples * self.layout.bits + 7) // 8

    def places(self, plane: int) -> list[tuple[int, int]]:
        """(left, top) of each chunk of one plane. Raises UndecodableImage unless all of them are in the file."""
        across, down = self.layout.size
        count = -(-across // self.width) * -(-down // self.height)
        if len(self.offsets) < count * (plane + 1):
            raise UndecodableImage("The TIFF has fewer strips or tiles than its picture needs.")
        return [(left, top) for top in range(0, down, self.height) for left in range(0, across, self.width)]

    def stored(self, data: bytes, number: int, height: int) -> bytes:
        """The bytes of a chunk as they are in the file."""
        whole = self.row_bytes * height
        start = self.offsets[number]
        if self.layout.compression == RAW:
            length = whole
        elif number < len(self.counts):
            length = min(self.counts[number], _GROWTH * whole + _HEADER_BYTES)
        else:
            raise UndecodableImage("The TIFF does not say how long its strips or tiles are.")
        if not 0 < start <= start + length <= len(data):
            raise TruncatedImage("The file ends before the picture does.")
        return data[start : start + length]


def _unpacked(stored: bytes, layout: Layout, row_bytes: int, height: int) -> bytes:
    """The bytes of a chunk: libtiff is given it as a grey picture of one strip, whatever its bytes mean."""
    entries = (
        (256, 4, row_bytes),
        (257, 4, height),
        (258, 3, 8),
        (259, 3, layout.compression),
        (262, 3, 1),
        (266, 3, layout.fill_order),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, len(stored)),
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
    """Undo the prediction of samples that are stored as differences to those of the pixel before."""
    return _swapped(_sums(_swapped(row, layout), layout.bits, stride), layout)


def _undo_floating(row: bytes, layout: Layout, stride: int) -> bytes:
    """Undo the prediction of floating-point samples (TIFF Technical Note 3).

    The row has the highest bytes of all samples first, then the next ones, and each byte as its difference to the one
    before.
    """
    summed, size = _sums(row, 8, stride), layout.bits // 8
    samples, length = bytearray(len(row)), len(row) // size
    for place in range(size):
        at = place if layout.order == "big" else size - 1 - place
        samples[at::size] = summed[place * length : (place + 1) * length]
    return bytes(samples)


def _swapped(row: bytes, layout: Layout) -> bytes:
    """Turn samples from the file's order of bytes to little-endian, or back."""
    if layout.order == "little" or layout.bits == 8:
        return row
    samples = array(_LANES[layout.bits], row)
    samples.byteswap()
    return samples.tobytes()


def _sums(row: bytes, bits: int, stride: int) -> bytes:
    """Running sums of little-endian numbers, of every `stride`-th each, modulo 2 ** bits.

    The row is one long number whose lanes are added at once (Hillis and Steele, 1986): each step doubles how many
    neighbours a lane has summed. The highest bit of a lane is added apart, so that nothing is carried to the next.
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
