"""Cleans TIFF: drops tags whose values are not in the file, unless the pixels need them (TIFF 6.0, section 2; BigTIFF).

Pillow reads the tags in their order, and stops at the first value that it cannot read.
"""

import struct
from typing import Final

from darkroom.errors import TruncatedImage
from darkroom.tiff_encoding import TiffEncoding
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned

_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of one value, by the number of its type."""
_TRUNCATED: Final = "The file is truncated: it ends before the last pixel."
_BYTES: Final = frozenset({1, 7})
_PROFILE: Final = 34675
_PIXEL_TAGS: Final = frozenset(
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
"""Tags that are needed to decode the pixels: sizes, depths, compression, meanings, offsets, tables."""


def clean(data: bytes) -> Cleaned:
    """Return the file with a shorter first directory, if some of its entries are faulty.

    Raises TruncatedImage if the file ends before the end of that directory, or before a value that the pixels need.
    """
    encoding = TiffEncoding.read(data)
    if encoding is None:
        return Cleaned(data)
    at = encoding.first_directory(data)
    start = at + encoding.count_bytes
    if len(data) < encoding.header_bytes or start > len(data):
        raise TruncatedImage(_TRUNCATED)
    count = encoding.number(data[at:start])
    end = start + count * encoding.entry_bytes
    if end > len(data):
        raise TruncatedImage(_TRUNCATED)
    following = data[end : end + encoding.offset_bytes]
    entries = (data[one : one + encoding.entry_bytes] for one in range(start, end, encoding.entry_bytes))
    fields = _entry_fields(encoding)
    kept = [entry for entry in entries if _is_sound(entry, fields, encoding.offset_bytes, len(data))]
    if len(kept) == count:
        return Cleaned(data)
    directory = b"".join([len(kept).to_bytes(encoding.count_bytes, encoding.order), *kept, following])
    return Cleaned(b"".join([data[:at], directory, data[at + len(directory) :]]))


def _entry_fields(encoding: TiffEncoding) -> struct.Struct:
    """Return the fields of an entry: tag, type, number of values, offset of the values."""
    return struct.Struct(f"{'<' if encoding.order == 'little' else '>'}{'HHQQ' if encoding.big else 'HHII'}")


def _is_sound(entry: bytes, fields: struct.Struct, offset_bytes: int, file_bytes: int) -> bool:
    """Whether the decoder sees this entry. Raises TruncatedImage if the pixels need a value beyond the end."""
    tag, kind, number, offset = fields.unpack(entry)
    size = _SIZES.get(kind, 0) * number
    value_end = offset + size if size > offset_bytes else size
    if tag in _PIXEL_TAGS:
        if value_end > file_bytes:
            raise TruncatedImage(_TRUNCATED)
        return True
    return bool(size) and value_end <= file_bytes and (tag != _PROFILE or kind in _BYTES)
