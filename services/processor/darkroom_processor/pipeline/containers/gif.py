"""Walks the blocks of a GIF and finds its images (GIF89a, sections 17 to 27)."""

import struct
from dataclasses import dataclass
from typing import Final

from darkroom.limits import MOST_FRAMES_COUNTED
from darkroom.planner.geometry import Size

_SCREEN_END: Final = 13
_EXTENSION: Final = 0x21
_IMAGE: Final = 0x2C
_TRAILER: Final = 0x3B
_CONTROL: Final = 0xF9
_APPLICATION: Final = 0xFF
_DESCRIPTOR: Final = struct.Struct("<BHHHHB")
_LOOPS: Final = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")
"""Names of the application extension that stores how often an animation repeats. Both are in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A graphic control extension: how the image that follows it is shown."""

    disposal: int = 0
    """Disposal method, 0 to 7."""
    hundredths: int = 0
    """Delay time: how long the image is shown, in hundredths of a second."""
    transparent: int | None = None
    """Transparent colour index: the colour that is not drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """One image of a GIF, not decoded."""

    place: tuple[int, int]
    """(left, top) on the logical screen, in pixels."""
    size: Size
    interlaced: bool
    own_table: bytes
    """Local colour table, three bytes a colour. Empty if there is none."""
    table: bytes
    """The colour table that applies: the local one, otherwise the global one. Empty if there is neither."""
    code_bits: int
    """The LZW minimum code size."""
    start: int
    """Offset of the first data sub-block."""
    end: int
    """Offset of the byte after the last sub-block. It is beyond the end of a truncated file."""
    control: Control

    def codes(self, data: bytes) -> bytes:
        """Return the LZW codes without the length bytes of their sub-blocks. `data` is the whole file."""
        parts, at = [], self.start
        while at < len(data) and data[at]:
            parts.append(data[at + 1 : at + 1 + data[at]])
            at += 1 + data[at]
        return b"".join(parts)


@dataclass(frozen=True, kw_only=True)
class Structure:
    """The parts of a GIF."""

    screen: Size
    background: int
    """Background colour index. Browsers do not draw this colour."""
    table: bytes
    """Global colour table. Empty if there is none."""
    images: tuple[StoredImage, ...]
    """The images in the order of the file; at most `MOST_FRAMES_COUNTED`."""
    repetitions: int | None
    """How often an animation repeats after its first run; 0 means for ever. None if the file does not say."""


def read(data: bytes) -> Structure:
    """Walk the blocks of a file. Never raises.

    As in browsers, an unknown block ends the file. Before the first image, unknown bytes are skipped.
    """
    screen = _number(data, 6), _number(data, 8)
    table = _table(data, _SCREEN_END, data[10] if len(data) > 10 else 0)
    images: list[StoredImage] = []
    control, repetitions = Control(), None
    at = _SCREEN_END + len(table)
    while at < len(data) and data[at] != _TRAILER and len(images) < MOST_FRAMES_COUNTED:
        if data[at] == _EXTENSION:
            end = _behind_blocks(data, at + 2)
            if data[at + 1 : at + 2] == bytes([_CONTROL]):
                control = _control(data[at + 3 : at + 7]) or control
            elif data[at + 1 : at + 2] == bytes([_APPLICATION]) and repetitions is None:
                repetitions = _repetitions(data[at + 2 : at + 18])
            at = end
        elif data[at] == _IMAGE:
            image = _image(data, at, table, control)
            if image is None:
                break
            images.append(image)
            control = Control()
            at = image.end
        elif images:
            break
        else:
            at += 1
    return Structure(
        screen=screen,
        background=data[11] if len(data) > 11 else 0,
        table=table,
        images=tuple(images),
        repetitions=repetitions,
    )


def _image(data: bytes, at: int, table: bytes, control: Control) -> StoredImage | None:
    """Read the image whose descriptor is at this offset. None if the file ends before its data."""
    if at + _DESCRIPTOR.size >= len(data):
        return None
    _, left, top, width, height, flags = _DESCRIPTOR.unpack_from(data, at)
    own = _table(data, at + _DESCRIPTOR.size, flags)
    code_at = at + _DESCRIPTOR.size + len(own)
    return StoredImage(
        place=(left, top),
        size=(width, height),
        interlaced=bool(flags & 0x40),
        own_table=own,
        table=own or table,
        code_bits=data[code_at] if code_at < len(data) else 0,
        start=code_at + 1,
        end=_behind_blocks(data, code_at + 1),
        control=control,
    )


def _control(block: bytes) -> Control | None:
    if len(block) < 4:
        return None
    return Control(
        disposal=block[0] >> 2 & 7, hundredths=_number(block, 1), transparent=block[3] if block[0] & 1 else None
    )


def _repetitions(block: bytes) -> int | None:
    """Read the number of repetitions from an application extension. None if it is another extension."""
    if not block.startswith(_LOOPS) or block[12:14] != b"\x03\x01":
        return None
    return _number(block, 14)


def _table(data: bytes, at: int, flags: int) -> bytes:
    """Return the colour table that the flags announce; empty if they announce none."""
    return data[at : at + (3 << ((flags & 7) + 1))] if flags & 0x80 else b""


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _behind_blocks(data: bytes, at: int) -> int:
    """Return the offset after the sub-blocks that begin here and the empty one that ends them."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1
