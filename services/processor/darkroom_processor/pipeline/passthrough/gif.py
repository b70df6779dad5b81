"""Copies the frames of a GIF: their LZW codes up to the last pixel, and the colours that they use."""

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from darkroom_processor.pipeline.containers import gif
from darkroom_processor.pipeline.containers.gif import Control, StoredImage
from darkroom_processor.pipeline.passthrough.palette import used_indexes, without_unused

_MAGIC: Final = b"GIF89a"
_TRAILER: Final = b";"
_WIDEST: Final = 12
"""The most bits of a code (GIF89a, appendix F)."""
_MOST_ENTRIES: Final = 1 << _WIDEST
_TABLE: Final = 0x80
_INTERLACED: Final = 0x40
_MOST_CODES: Final = 12_000_000
"""The most bytes of codes in all frames. Finding their ends takes about 0.4 s a megabyte."""


def copy_coded_pixels(data: bytes, *, frames: int) -> bytes | None:
    """Return the image, or an animation of `frames` frames, in a new file. None if its codes are broken or too many."""
    source = gif.read(data)
    shown = source.images[:frames]
    coded = [image.codes(data) for image in shown]
    if len(shown) < frames or any(image.end > len(data) for image in shown) or sum(map(len, coded)) > _MOST_CODES:
        return None
    ended = [_up_to_end(image, codes) for image, codes in zip(shown, coded, strict=True)]
    if None in ended:
        return None
    used = [used_indexes(_single(image, codes), "GIF") for image, codes in zip(shown, coded, strict=True)]
    shared = {source.background}.union(
        *(indexes for image, indexes in zip(shown, used, strict=True) if not image.own_table)
    )
    screen = struct.pack("<HHBBB", *source.screen, _table_flags(source.table), source.background, 0)
    parts = [_MAGIC, screen, _cleared(source.table, shared)]
    if frames > 1 and source.repetitions is not None:
        parts.append(b"\x21\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", source.repetitions, 0))
    for image, indexes, codes in zip(shown, used, ended, strict=True):
        parts.extend(_image(image, indexes, codes or b"", timed=frames > 1))
    return b"".join([*parts, _TRAILER])


def _image(image: StoredImage, used: set[int], codes: bytes, *, timed: bool) -> Iterator[bytes]:
    control = image.control if timed else replace(image.control, hundredths=0)
    if control != Control():
        flags = control.disposal << 2 | (control.transparent is not None)
        yield b"\x21\xf9\x04" + struct.pack("<BHBB", flags, control.hundredths, control.transparent or 0, 0)
    flags = _table_flags(image.own_table) | _INTERLACED * image.interlaced
    yield struct.pack("<cHHHHB", b",", *image.place, *image.size, flags) + _cleared(image.own_table, used)
    yield bytes([image.code_bits])
    yield from (bytes([len(block)]) + block for block in _blocks(codes))
    yield b"\0"


def _blocks(codes: bytes) -> Iterator[bytes]:
    return (codes[at : at + 255] for at in range(0, len(codes), 255))


def _cleared(palette: bytes, used: set[int]) -> bytes:
    """Return the colour table with black in place of unused colours. Its length, a power of two, does not change."""
    return without_unused(palette, used).ljust(len(palette), b"\0") if palette else b""


def _table_flags(table: bytes) -> int:
    """Return the flags that announce a colour table of this length: 2, 4, 8 … or 256 colours; 0 without one."""
    return _TABLE | (len(table) // 3).bit_length() - 2 if table else 0


def _single(image: StoredImage, codes: bytes) -> bytes:
    """Return a file with only this image, without its transparent colour."""
    screen = struct.pack("<HHBBB", *image.size, _table_flags(image.table), 0, 0)
    descriptor = struct.pack("<cHHHHB", b",", 0, 0, *image.size, _INTERLACED * image.interlaced)
    blocks = b"".join(bytes([len(block)]) + block for block in _blocks(codes))
    return b"".join([_MAGIC, screen, image.table, descriptor, bytes([image.code_bits]), blocks, b"\0", _TRAILER])


def _up_to_end(image: StoredImage, codes: bytes) -> bytes | None:
    """Return the codes up to the last pixel, and an end-of-information code. None if they are broken.

    Each code but the first adds a table entry that stands for one pixel more than the previous code (GIF89a, appendix
    F). So the pixels and the widths of codes can be counted without decoding the pixels.
    """
    clear = 1 << image.code_bits
    narrow = image.code_bits + 1
    pixels = image.size[0] * image.size[1]
    if not 2 < narrow <= _WIDEST:
        return None
    lengths = [1] * clear + [0, 0]
    at, held, bits = 0, 0, 0
    width, before = narrow, 0
    while pixels > 0:
        while bits < width:
            if at == len(codes):
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
