"""GIF: the frames with their packed indexes as they are, up to their end."""

import struct
from collections.abc import Iterator
from typing import Final

from darkroom_processor.pipeline.containers import gif
from darkroom_processor.pipeline.containers.gif import Frame, Gif
from darkroom_processor.pipeline.passthrough.palette import levels_seen, trimmed

_MAGIC: Final = b"GIF89a"
_TRAILER: Final = b";"
_WIDEST: Final = 12
"""Bits of a code at most (GIF89a, appendix F)."""
_MOST_ENTRIES: Final = 1 << _WIDEST
_TABLE: Final = 0x80
_TABLE_SIZE: Final = 0x07
_INTERLACED: Final = 0x40
_CONTROL_FLAGS: Final = 0x1D
"""Disposal and transparency; the rest is reserved, or waits for a user."""
_MOST_CODES: Final = 12_000_000
"""Bytes of all frames' codes up to which their ends are looked for, which takes some 0.4 s a megabyte."""


def own_file(data: bytes, *, frames: int) -> bytes | None:
    """The picture, or the animation of so many frames, in a new file; None when it cannot be told from the rest."""
    source = gif.read(data)
    shown = source.frames[:frames]
    if len(shown) < frames or sum(len(frame.codes) for frame in shown) > _MOST_CODES:
        return None
    codes = [_up_to_end(frame) for frame in shown]
    if None in codes:
        return None
    used = [levels_seen(_single(frame, source), "GIF") for frame in shown]
    shared = {source.screen[5]}.union(*(seen for frame, seen in zip(shown, used, strict=True) if not frame.palette))
    flags = source.screen[4] & (_TABLE | _TABLE_SIZE)
    parts = [_MAGIC, source.screen[:4], bytes([flags, source.screen[5], 0]), _cleared(source.palette, shared)]
    if frames > 1 and source.loop and len(source.loop) == 2:
        parts.append(b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + source.loop + b"\0")
    for frame, seen, packed in zip(shown, used, codes, strict=True):
        parts.extend(_image(frame, seen, packed or b"", timed=frames > 1))
    return b"".join([*parts, _TRAILER])


def _image(frame: Frame, used: set[int], codes: bytes, *, timed: bool) -> Iterator[bytes]:
    if frame.control:
        flags, time = frame.control[0] & _CONTROL_FLAGS, frame.control[1:3] if timed else bytes(2)
        index = frame.control[3]
        yield b"\x21\xf9\x04" + bytes([flags]) + time + bytes([index if flags & 1 else 0, 0])
    place, flags = frame.descriptor[:8], frame.descriptor[8] & (_TABLE | _INTERLACED | _TABLE_SIZE)
    yield b"," + place + bytes([flags]) + _cleared(frame.palette, used) + bytes([frame.code_size])
    yield from (bytes([len(block)]) + block for block in _blocks(codes))
    yield b"\0"


def _blocks(codes: bytes) -> Iterator[bytes]:
    return (codes[at : at + 255] for at in range(0, len(codes), 255))


def _cleared(palette: bytes, used: set[int]) -> bytes:
    """The palette with black in place of what is not used, as long as it was: its length is a power of two."""
    return trimmed(palette, used).ljust(len(palette), b"\0") if palette else b""


def _single(frame: Frame, source: Gif) -> bytes:
    """A file of this frame alone."""
    palette = frame.palette or source.palette
    size = (len(palette) // 3).bit_length() - 2
    screen = frame.descriptor[4:8] + bytes([_TABLE | size if palette else 0, 0, 0])
    descriptor = struct.pack("<HH", 0, 0) + frame.descriptor[4:8] + bytes([frame.descriptor[8] & _INTERLACED])
    blocks = b"".join(bytes([len(block)]) + block for block in _blocks(frame.codes))
    return b"".join([_MAGIC, screen, palette, b",", descriptor, bytes([frame.code_size]), blocks, b"\0", _TRAILER])


def _up_to_end(frame: Frame) -> bytes | None:
    """The codes up to the last pixel, and the code that ends them; None when they make no sense.

    Each code but the first adds an entry to the table, which stands for one pixel more than the code before (GIF89a,
    appendix F). So the pixels can be counted, and the widths of codes told, without what they stand for.
    """
    clear = 1 << frame.code_size
    narrow = frame.code_size + 1
    pixels = int.from_bytes(frame.descriptor[4:6], "little") * int.from_bytes(frame.descriptor[6:8], "little")
    if not 2 < narrow <= _WIDEST:
        return None
    lengths = [1] * clear + [0, 0]
    codes, total, at, held, bits = frame.codes, len(frame.codes), 0, 0, 0
    width, before = narrow, 0
    while pixels > 0:
        while bits < width:
            if at == total:
                return None
            held |= codes[at] << bits
            at += 1
            bits += 8
        code = held & ((1 << width) - 1)
        if code == clear + 1:
            break
        held >>= width
        bits -= width
        if code == clear:
            del lengths[clear + 2 :]
            width, before = narrow, 0
            continue
        if before and len(lengths) < _MOST_ENTRIES:
            lengths.append(before + 1)
            if len(lengths) == 1 << width and width < _WIDEST:
                width += 1
        if code >= len(lengths):
            return None
        before = lengths[code]
        pixels -= before
    whole, part = divmod(8 * at - bits, 8)
    last = (codes[whole] & ((1 << part) - 1) if part else 0) | (clear + 1) << part
    return codes[:whole] + last.to_bytes((part + width + 7) // 8, "little")
