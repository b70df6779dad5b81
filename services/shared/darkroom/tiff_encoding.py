"""The byte order of a TIFF, and the widths of its numbers: classic TIFF or BigTIFF.

Sources: TIFF 6.0, section 2; BigTIFF by libtiff, https://libtiff.gitlab.io/libtiff/specification/bigtiff.html.
"""

from dataclasses import dataclass
from typing import Final, Literal, Self

_CLASSIC: Final = 42
_BIG: Final = 43


@dataclass(frozen=True)
class TiffEncoding:
    """How the numbers of a TIFF are written."""

    order: Literal["little", "big"]
    big: bool
    """Whether it is a BigTIFF, whose offsets and counts have eight bytes."""

    @classmethod
    def read(cls, head: bytes) -> Self | None:
        """Read the first four bytes of a file. None if it is not a TIFF."""
        order: Literal["little", "big"] = "little" if head[:2] == b"II" else "big"
        version = int.from_bytes(head[2:4], order)
        known = head[:2] in (b"II", b"MM") and version in (_CLASSIC, _BIG)
        return cls(order, version == _BIG) if known else None

    def number(self, field: bytes) -> int:
        """Return the unsigned number in these bytes."""
        return int.from_bytes(field, self.order)

    def first_directory(self, head: bytes) -> int:
        """Return the offset of the first directory, from the first `header_bytes` bytes of the file."""
        return self.number(head[8:16] if self.big else head[4:8])

    @property
    def header_bytes(self) -> int:
        """Bytes of the header of the file."""
        return 16 if self.big else 8

    @property
    def count_bytes(self) -> int:
        """Bytes of the number of entries, at the start of a directory."""
        return 8 if self.big else 2

    @property
    def entry_bytes(self) -> int:
        """Bytes of a directory entry: tag, type, number of values, and the value or its offset."""
        return 20 if self.big else 12

    @property
    def offset_bytes(self) -> int:
        """Bytes of an offset, and of a value that is stored in the entry itself."""
        return 8 if self.big else 4
