"""GIF: walks the blocks of a file and finds its images (GIF89a, sections 17 to 27)."""

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
"""Names of the application extension that says how often an animation is repeated. Both are in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What a graphic control extension says of the image that follows it."""

    disposal: int = 0
    """0 to 7."""
    hundredths: int = 0
    """Hundredths of a second that the image is shown."""
    transparent: int | None = None
    """The index of the colour that is not drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """One image of a GIF. Nothing of it is decoded."""

    place: tuple[int, int]
    """(left, top) on the screen, in pixels."""
    size: Size
    interlaced: bool
    own_table: bytes
    """Its own colour table, three bytes a colour. Empty if it has none."""
    table: bytes
    """The table that its indexes are into: its own, or else that of all images. Empty if there is neither."""
    code_bits: int
    """The LZW minimum code size."""
    start: int
    """Offset of the first data sub-block."""
    end: int
    """Offset of the byte after the last one. It is beyond the file's end if the image is cut."""
    control: Control

    def codes(self, data: bytes) -> bytes:
        """Return the packed indexes, without the lengths of their sub-blocks. `data` is the whole file."""
        parts, at = [], self.start
        while at < len(data) and data[at]:
            parts.append(data[at + 1 : at + 1 + data[at]])
            at += 1 + data[at]
        return b"".join(parts)


@dataclass(frozen=True, kw_only=True)
class Structure:
    """A GIF as it is put together."""

    screen: Size
    background: int
    """The index of the background colour, which browsers do not draw."""
    table: bytes
    """The colour table of the images that have none of their own. Empty if there is none."""
    images: tuple[StoredImage, ...]
    """The images in the order of the file; at most `MOST_FRAMES_COUNTED`."""
    repetitions: int | None
    """How often an animation is repeated after it has run once, 0 for ever. None if the file says nothing of it."""


def read(data: bytes) -> Structure:
    """Walk the blocks of a file. It never raises.

    As in browsers, an unknown block ends the file. Before the first image its bytes are skipped.
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
    """The image whose descriptor is here. None if the file ends before its data."""
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
    """The number in an application extension, which begins here. None if it is of another kind."""
    if not block.startswith(_LOOPS) or block[12:14] != b"\x03\x01":
        return None
    return _number(block, 14)


def _table(data: bytes, at: int, flags: int) -> bytes:
    """The colour table that the flags announce."""
    return data[at : at + (3 << ((flags & 7) + 1))] if flags & 0x80 else b""


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _behind_blocks(data: bytes, at: int) -> int:
    """The offset behind the sub-blocks that begin here, and behind the empty one that ends them."""
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1
