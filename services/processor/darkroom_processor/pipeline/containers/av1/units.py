"""OBUs, the units that AV1 data consists of, and the bits in them (AV1 specification, sections 4.10 and 5.3)."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from darkroom_processor.pipeline.containers.boxes import BrokenBox

SEQUENCE: Final = 1
"""The `obu_type` of a sequence header."""
FRAME_HEADERS: Final = frozenset({3, 6, 7})
"""The types of units that begin with a frame header: frame header, frame, redundant frame header."""
_TILES: Final = 4
NEEDED: Final = FRAME_HEADERS | {SEQUENCE, _TILES}
"""The types of units that a decoder needs for the pixels."""


class Unit(NamedTuple):
    """One unit, as offsets into the data, in bytes."""

    head: int
    """Offset of the unit's header."""
    kind: int
    """`obu_type`: see SEQUENCE, FRAME_HEADERS and NEEDED."""
    temporal: int
    """Number of its temporal layer."""
    spatial: int
    """Number of its spatial layer."""
    start: int
    """Offset of its contents."""
    end: int
    """Offset of the byte after its contents."""


class Bits:
    """Reads the contents of a unit bit by bit. Raises BrokenBox at the end of the unit."""

    def __init__(self, data: bytes, unit: Unit) -> None:
        self._data = data
        self._at = unit.start * 8
        self._end = unit.end * 8

    def number(self, bits: int) -> int:
        """Read an unsigned number that has this many bits."""
        first, self._at = self._at, self._at + bits
        if self._at > self._end:
            raise BrokenBox
        stop = (self._at + 7) // 8
        whole = int.from_bytes(self._data[first // 8 : stop], "big")
        return whole >> (stop * 8 - self._at) & ((1 << bits) - 1)

    def flag(self) -> bool:
        """Read one bit. True if it is set."""
        return bool(self.number(1))

    def skip_variable(self) -> None:
        """Skip a `uvlc()` (section 4.10.3)."""
        zeros = 0
        while not self.flag():
            zeros += 1
        self.number(zeros if zeros < 32 else 0)


def units(data: bytes, at: int, end: int) -> Iterator[Unit]:
    """Yield the units from `at` to `end` (section 5.3). The last one is shorter if the data is truncated."""
    while at < end:
        first, head = at, data[at]
        layers = data[at + 1] if head & 4 and at + 1 < end else 0
        at += 2 if head & 4 else 1
        size = end - at
        if head & 2:
            size, at = _leb128(data, at, end)
        yield Unit(first, head >> 3 & 15, layers >> 5, layers >> 3 & 3, at, min(at + size, end))
        at += size


def _leb128(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Read a number of seven bits a byte. Return it and the offset after it (section 4.10.5)."""
    value = 0
    for shift in range(0, 56, 7):
        if at >= end:
            raise BrokenBox
        value |= (data[at] & 0x7F) << shift
        at += 1
        if data[at - 1] < 0x80:
            return value, at
    raise BrokenBox
