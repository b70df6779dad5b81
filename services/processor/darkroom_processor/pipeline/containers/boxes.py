"""Boxes of ISO base media files, such as AVIF and HEIC (ISO/IEC 14496-12, section 4.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MOST_ENTRIES: Final = 10_000
"""The most boxes of one container, or entries of one table. A file with more is refused: no image needs them."""

_SIZE_FOLLOWS: Final = 1
_TO_THE_END: Final = 0


class BrokenBox(Exception):
    """The boxes contradict each other or the file, or there are more than MOST_ENTRIES."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box. Its offsets are bytes from the start of the file."""

    kind: bytes
    """The box type: four letters."""
    start: int
    body: int
    """Offset of the contents, after the size and the type."""
    end: int


def walk(data: bytes, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes that follow one another from `start` to `end`.

    Stops before the first box that reaches beyond `end`. Raises BrokenBox if there are more than MOST_ENTRIES.
    """
    number, end = 0, min(end, len(data))
    while start + 8 <= end:
        size, body = int.from_bytes(data[start : start + 4], "big"), start + 8
        if size == _SIZE_FOLLOWS:
            size, body = int.from_bytes(data[body : body + 8], "big"), body + 8
        elif size == _TO_THE_END:
            size = end - start
        if not body - start <= size <= end - start:
            return
        number += 1
        if number > MOST_ENTRIES:
            raise BrokenBox
        yield Box(data[start + 4 : start + 8], start, body, start + size)
        start += size


class Fields:
    """Reads the fields of a box one after the other. Raises BrokenBox if the box ends within a field."""

    def __init__(self, data: bytes, box: Box) -> None:
        self._data = data
        self._end = box.end
        self.at = box.body
        """Offset of the next field, in bytes from the start of the file."""

    @property
    def rest(self) -> int:
        """Number of bytes left in the box."""
        return self._end - self.at

    def number(self, size: int) -> int:
        """Read an unsigned big-endian number of `size` bytes; 0 if `size` is 0."""
        return int.from_bytes(self.raw(size), "big")

    def raw(self, size: int) -> bytes:
        """Read the next `size` bytes."""
        if size > self.rest:
            raise BrokenBox
        self.at += size
        return self._data[self.at - size : self.at]

    def text(self) -> bytes:
        """Read the bytes up to the next zero byte, or to the end of the box. The zero byte is skipped."""
        zero = self._data.find(b"\0", self.at, self._end)
        end = self._end if zero < 0 else zero
        text = self._data[self.at : end]
        self.at = min(end + 1, self._end)
        return text

    def version_and_flags(self) -> tuple[int, int]:
        """Read the first four bytes of a `FullBox`: its version and its flags."""
        return self.number(1), self.number(3)

    def count(self, size: int) -> int:
        """Read a number of entries, stored in `size` bytes. Raises BrokenBox if it is more than MOST_ENTRIES."""
        count = self.number(size)
        if count > MOST_ENTRIES:
            raise BrokenBox
        return count
