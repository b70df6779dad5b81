"""GIF: takes a file apart into its frames (GIF89a, sections 18 to 27)."""

from dataclasses import dataclass
from typing import Final

_SCREEN: Final = 13
"""Bytes of the header and of the logical screen descriptor."""
_EXTENSION: Final = 0x21
_IMAGE: Final = 0x2C
_CONTROL: Final = 0xF9
_APPLICATION: Final = 0xFF
_LOOP: Final = b"NETSCAPE2.0"


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One image of a file, and what is said of it."""

    control: bytes | None
    """Four bytes: disposal and transparency, hundredths of a second, transparent index."""
    descriptor: bytes
    """Nine bytes: left, top, width, height and flags."""
    palette: bytes
    """The local one; empty without one."""
    code_size: int
    codes: bytes
    """The packed indexes, without the lengths of their blocks."""


@dataclass(frozen=True, kw_only=True)
class Gif:
    """A file, without what is no picture."""

    screen: bytes
    """Seven bytes: width, height, flags, background and shape of a pixel."""
    palette: bytes
    """The global one; empty without one."""
    loop: bytes | None
    """Two bytes: how often it is repeated; None when nothing is said of it."""
    frames: tuple[Frame, ...]


def read(data: bytes) -> Gif:
    """Take a file apart, up to its trailer or to what makes no sense. A frame that is cut is left out."""
    palette = data[_SCREEN : _SCREEN + table_bytes(data[10])]
    at = _SCREEN + len(palette)
    control, loop, frames = None, None, []
    while at < len(data) and data[at] in {_EXTENSION, _IMAGE}:
        if data[at] == _EXTENSION:
            kind, (body, end) = data[at + 1 : at + 2], _blocks(data, at + 2)
            if kind == bytes([_CONTROL]) and len(body) >= 4:
                control = body[:4]
            elif kind == bytes([_APPLICATION]) and body[:11] == _LOOP and body[11:12] == b"\1":
                loop = loop or body[12:14]
        else:
            descriptor = data[at + 1 : at + 10]
            local = table_bytes(descriptor[8]) if len(descriptor) == 9 else 0
            start = at + 10 + local
            codes, end = _blocks(data, start + 1)
            if end > len(data):
                break
            frames.append(
                Frame(
                    control=control,
                    descriptor=descriptor,
                    palette=data[at + 10 : start],
                    code_size=data[start],
                    codes=codes,
                )
            )
            control = None
        at = end
    return Gif(screen=data[6:_SCREEN], palette=palette, loop=loop, frames=tuple(frames))


def table_bytes(flags: int) -> int:
    """Bytes of the colour table that these flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(data: bytes, at: int) -> tuple[bytes, int]:
    """What is in the blocks from here on, and where they end; that is beyond the file if it is cut."""
    parts = []
    while at < len(data) and data[at]:
        parts.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return b"".join(parts), at + 1
