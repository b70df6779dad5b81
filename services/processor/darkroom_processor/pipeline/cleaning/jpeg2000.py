"""Cleans JPEG 2000: adds a missing end marker (ITU-T T.800, annexes A and I)."""

import struct
from typing import Final

from darkroom.errors import TruncatedImage
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned

_SOC: Final = b"\xff\x4f"
_SIZ: Final = b"\xff\x51"
_SOT: Final = b"\xff\x90"
_EOC: Final = b"\xff\xd9"
"""Markers: start of codestream, image and tile size, start of tile-part, end of codestream."""
_TRUNCATED: Final = "The file is truncated: it ends before the last pixel."
_CODESTREAM: Final = b"jp2c"
_SIZ_FIELDS: Final = struct.Struct(">HHIIIIIIII")
"""Length, capabilities, size and offset of the image area, size and offset of the tiles."""
_SOT_FIELDS: Final = struct.Struct(">HHIBB")
"""Length, tile, bytes of the tile-part from its marker, number of the tile-part, number of tile-parts or 0."""


def clean(data: bytes) -> Cleaned:
    """Return the file with an end marker, if all tile-parts are there.

    Raises TruncatedImage if a tile-part is truncated, or if tiles are missing.
    """
    start = _codestream(data)
    if start is None or data[start : start + 2] != _SOC:
        return Cleaned(data)
    try:
        end, missing = _tiles_end(data, start)
    except struct.error as error:
        raise TruncatedImage(_TRUNCATED) from error
    if end is None or data[end : end + 2] == _EOC:
        return Cleaned(data)
    if end > len(data) or missing:
        raise TruncatedImage(_TRUNCATED)
    return Cleaned(data[:end] + _EOC + data[end:].removeprefix(_EOC[:1]))


def _codestream(data: bytes) -> int | None:
    """Return the offset of the codestream, which is in a box or is the whole file. None if there is none."""
    if data.startswith(_SOC):
        return 0
    at = 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1 and at + 16 <= len(data):
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        if kind == _CODESTREAM:
            return at + head
        if length < head:
            return None
        at += length
    return None


def _tiles_end(data: bytes, start: int) -> tuple[int | None, set[int]]:
    """Return the offset after the last tile-part, and the numbers of the tiles whose last tile-part is missing.

    The offset is None if a length is invalid. Raises struct.error if the file ends within a header.
    """
    at = start + 2
    missing: set[int] = set()
    while data[at : at + 2] != _SOT:
        marker, length = struct.unpack_from(">2sH", data, at)
        if marker == _SIZ:
            missing = set(range(_count_tiles(data, at + 2)))
        if length < 2 or marker[0] != _SOT[0]:
            return None, missing
        at += 2 + length
    while data[at : at + 2] == _SOT:
        _, tile, length, part, parts = _SOT_FIELDS.unpack_from(data, at + 2)
        if length < 12:
            return None, missing
        if parts in (0, part + 1):
            missing.discard(tile)
        at += length
    return at, missing


def _count_tiles(data: bytes, at: int) -> int:
    """Return the number of tiles, at most 65,535: a tile number has 16 bits."""
    _, _, width, height, _, _, tile_width, tile_height, left, top = _SIZ_FIELDS.unpack_from(data, at)
    if not tile_width or not tile_height:
        return 0
    tiles: int = -(-(width - left) // tile_width) * -(-(height - top) // tile_height)
    return min(tiles, 0xFFFF)
