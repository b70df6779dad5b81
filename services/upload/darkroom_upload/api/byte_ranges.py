"""Requests for a part of a file (RFC 9110, section 14)."""

import re
from dataclasses import dataclass
from typing import Final

_ONE_RANGE: Final = re.compile(r"bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})")


@dataclass(frozen=True, kw_only=True)
class ByteRange:
    """Bytes of a file, from `start` to before `end`. Empty if the file has none of the bytes that were asked for."""

    start: int
    end: int

    @property
    def is_satisfiable(self) -> bool:
        """Whether the file has any of these bytes."""
        return self.start < self.end


def read_range(header: str | None, size: int) -> ByteRange | None:
    """Return the bytes that a `Range` asks for of a file of `size` bytes.

    Returns None for the whole file: without the header, and for a header that is malformed or asks for several ranges,
    which a server may ignore.
    """
    wanted = _ONE_RANGE.fullmatch(header.replace(" ", "")) if header else None
    if wanted is None or not (wanted["first"] or wanted["last"]):
        return None
    if not wanted["first"]:
        return ByteRange(start=max(size - int(wanted["last"]), 0), end=size if int(wanted["last"]) else 0)
    first, last = int(wanted["first"]), int(wanted["last"] or size - 1)
    if last < first and wanted["last"]:
        return None
    return ByteRange(start=first, end=min(last + 1, size))
