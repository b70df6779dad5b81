"""TIFF: leaves out tags that do not tell the pixels if their values are not in the file (TIFF 6.0, section 2; BigTIFF).

Pillow reads the tags in their order, and none behind one whose value it cannot read.
"""

import struct
from typing import Final, NamedTuple

from darkroom.errors import TruncatedImage
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned

_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of one value by the number of its type."""
_CUT: Final = "The file ends before the picture does."
_BYTES: Final = frozenset({1, 7})
_PROFILE: Final = 34675
_OF_THE_PIXELS: Final = frozenset(
    {
        *range(256, 260),
        *(262, 266, 273),
        *range(277, 280),
        *(284, 292, 293, 301, 317, 318, 319, 320),
        *range(322, 326),
        *(332, 334, 338, 339, 340, 341, 347),
        *range(512, 522),
        *range(529, 533),
    }
)
"""Tags without which the pixels cannot be told: sizes, depths, compression, meanings, places, tables."""


class _Shape(NamedTuple):
    """How the numbers of a directory are written."""

    length: struct.Struct
    entry: struct.Struct
    """Tag, type, number of values."""
    offset: struct.Struct
    first: int
    """Offset of the place that tells where the first directory is."""

    @property
    def entry_bytes(self) -> int:
        return self.entry.size + self.offset.size


def clean(data: bytes) -> Cleaned:
    """Return the file with the first directory shortened, if there is something wrong in it.

    Raises TruncatedImage if the file ends before that directory, or before a value that the pixels need.
    """
    shape = _shape(data)
    try:
        (at,) = shape.offset.unpack_from(data, shape.first)
        (count,) = shape.length.unpack_from(data, at)
    except struct.error:
        raise TruncatedImage(_CUT) from None
    entries = at + shape.length.size
    end = entries + count * shape.entry_bytes
    if end > len(data):
        raise TruncatedImage(_CUT)
    following = data[end : end + shape.offset.size]
    all_entries = (data[place : place + shape.entry_bytes] for place in range(entries, end, shape.entry_bytes))
    kept = [entry for entry in all_entries if _is_sound(entry, shape, len(data))]
    if len(kept) == count:
        return Cleaned(data)
    directory = b"".join([shape.length.pack(len(kept)), *kept, following])
    return Cleaned(b"".join([data[:at], directory, data[at + len(directory) :]]))


def _shape(data: bytes) -> _Shape:
    order = "<" if data[:2] == b"II" else ">"
    if 43 in data[2:4]:
        return _Shape(struct.Struct(f"{order}Q"), struct.Struct(f"{order}HHQ"), struct.Struct(f"{order}Q"), 8)
    return _Shape(struct.Struct(f"{order}H"), struct.Struct(f"{order}HHI"), struct.Struct(f"{order}I"), 4)


def _is_sound(entry: bytes, shape: _Shape, file_bytes: int) -> bool:
    tag, kind, number = shape.entry.unpack_from(entry)
    size = _SIZES.get(kind, 0) * number
    place = shape.offset.unpack_from(entry, shape.entry.size)[0] if size > shape.offset.size else 0
    if tag in _OF_THE_PIXELS:
        if place + size > file_bytes:
            raise TruncatedImage(_CUT)
        return True
    return bool(size) and place + size <= file_bytes and (tag != _PROFILE or kind in _BYTES)
