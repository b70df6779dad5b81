"""JPEG 2000: adds a missing end (ITU-T T.800, annexes A and I)."""

import struct
from typing import Final

from darkroom.errors import TruncatedImage
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned

_START: Final = b"\xff\x4f"
_SIZE: Final = b"\xff\x51"
_TILE_PART: Final = b"\xff\x90"
_END: Final = b"\xff\xd9"
_CODESTREAM: Final = b"jp2c"
_SIZES: Final = struct.Struct(">HHIIIIIIII")
"""Length, capabilities, width and height with the offsets of the picture, size and offset of the tiles."""
_PART: Final = struct.Struct(">HHIBB")
"""Length, which tile, bytes of the part from its marker on, which part of the tile, and how many the tile has or 0."""


def clean(data: bytes) -> Cleaned:
    """Return the file with an end, if all parts of all tiles are there.

    Raises TruncatedImage if a part is cut, or if the end and tiles are missing.
    """
    start = _codestream(data)
    if start is None or data[start : start + 2] != _START:
        return Cleaned(data)
    try:
        end, missing = _tiles_end(data, start)
    except struct.error as error:
        raise TruncatedImage("The file ends before the picture does.") from error
    if end is None or data[end : end + 2] == _END:
        return Cleaned(data)
    if end > len(data) or missing:
        raise TruncatedImage("The file ends before the picture does.")
    return Cleaned(data[:end] + _END + data[end:].removeprefix(_END[:1]))


def _codestream(data: bytes) -> int | None:
    """The offset of the coded picture, in its box or without one."""
    if data.startswith(_START):
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
    """Where the last part of a tile ends, and the tiles of which parts are missing.

    None where the parts cannot be followed. Raises struct.error when the file ends in a header.
    """
    at = start + 2
    missing: set[int] = set()
    while data[at : at + 2] != _TILE_PART:
        marker, length = struct.unpack_from(">2sH", data, at)
        if marker == _SIZE:
            missing = set(range(_count_tiles(data, at + 2)))
        if length < 2 or marker[0] != _TILE_PART[0]:
            return None, missing
        at += 2 + length
    while data[at : at + 2] == _TILE_PART:
        _, tile, length, part, parts = _PART.unpack_from(data, at + 2)
        if length < 12:
            return None, missing
        if parts in (0, part + 1):
            missing.discard(tile)
        at += length
    return at, missing


def _count_tiles(data: bytes, at: int) -> int:
    """Return the number of tiles, at most as many as their numbers can tell apart."""
    _, _, width, height, _, _, tile_width, tile_height, left, top = _SIZES.unpack_from(data, at)
    if not tile_width or not tile_height:
        return 0
    tiles: int = -(-(width - left) // tile_width) * -(-(height - top) // tile_height)
    return min(tiles, 0xFFFF)
