"""Writes GIFs block by block, and reads them without Pillow (GIF89a, sections 17 to 27)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from tests.support.compositor import Levels, Part

TABLE = bytes((29 * entry * step) % 256 for entry in range(256) for step in (1, 3, 7))
"""A colour table of 256 colours."""
_GRAYS = bytes(level for level in range(256) for _ in range(3))
_DISPOSALS = ("keep", "keep", "clear", "restore", "restore", "keep", "keep", "keep")
"""What browsers do for the disposal methods 0 to 7."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One image to write."""

    indexes: bytes
    size: tuple[int, int]
    place: tuple[int, int] = (0, 0)
    disposal: int = 0
    transparent: int | None = None
    table: bytes = b""
    """Local colour table of 2, 4, 8 … or 256 colours; empty for none."""
    interlaced: bool = False
    hundredths: int = 4
    codes: bytes | None = None
    """Its LZW codes, instead of those of `indexes`."""


def written(screen: tuple[int, int], frames: list[Frame], *, table: bytes = TABLE, background: int = 0) -> bytes:
    """Return the file. `table` is the global colour table."""
    out = [b"GIF89a", struct.pack("<HHBBB", *screen, _flags(table), background, 0), table]
    for frame in frames:
        flags = frame.disposal << 2 | (frame.transparent is not None)
        out.append(b"\x21\xf9\x04" + struct.pack("<BHBB", flags, frame.hundredths, frame.transparent or 0, 0))
        flags = _flags(frame.table) | 0x40 * frame.interlaced
        out.append(struct.pack("<BHHHHB", 0x2C, *frame.place, *frame.size, flags) + frame.table)
        out.append(b"\x08" + blocks(frame.codes if frame.codes is not None else packed(_stored(frame))) + b"\0")
    return b"".join([*out, b";"])


def _flags(table: bytes) -> int:
    return 0x80 | (len(table) // 3).bit_length() - 2 if table else 0


def _stored(frame: Frame) -> bytes:
    """Return the indexes in the order in which the file stores them."""
    width, height = frame.size
    lines = [frame.indexes[row * width : (row + 1) * width] for row in range(height)]
    return b"".join(lines[row] for row in order(height, interlaced=frame.interlaced))


def order(height: int, *, interlaced: bool) -> list[int]:
    """Return the numbers of the rows in the order in which the file stores them."""
    if not interlaced:
        return list(range(height))
    return [row for first, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for row in range(first, height, step)]


def packed(indexes: bytes) -> bytes:
    """Return LZW codes of nine bits, one for each index. The table is cleared before codes would need ten bits."""
    bits, number = 0, 0
    codes = [code for at in range(0, len(indexes), 200) for code in (256, *indexes[at : at + 200])]
    out = bytearray()
    for code in [*(codes or [256]), 257]:
        bits |= code << number
        number += 9
        while number >= 8:
            out.append(bits & 255)
            bits, number = bits >> 8, number - 8
    return bytes(out) + (bytes([bits]) if number else b"")


def blocks(codes: bytes) -> bytes:
    """Split codes into data sub-blocks, without the empty one at the end."""
    return b"".join(bytes([len(codes[at : at + 255])]) + codes[at : at + 255] for at in range(0, len(codes), 255))


def unpacked(codes: bytes, code_size: int, most: int) -> bytes:
    """Return the indexes of an LZW stream, at most `most`."""
    stream, at, width = int.from_bytes(codes, "little"), 0, code_size + 1
    clear = 1 << code_size
    known: list[bytes] = []
    before = b""
    out = bytearray()
    while len(out) < most and at + width <= 8 * len(codes):
        code = stream >> at & (1 << width) - 1
        at += width
        if code == clear:
            known, width, before = [bytes([index]) for index in range(clear)] + [b"", b""], code_size + 1, b""
            continue
        if code == clear + 1:
            break
        entry = known[code] if code < len(known) else before + before[:1]
        if before and len(known) < 4096:
            known.append(before + entry[:1])
        if len(known) == 1 << width and width < 12:
            width += 1
        out += entry
        before = entry
    return bytes(out[:most])


def parts(data: bytes) -> tuple[tuple[int, int], list[Part]]:
    """Return the size of the canvas of a file, which is extended for the first image, and its frames."""
    screen = struct.unpack_from("<HH", data, 6)
    found = list(_parts(data))
    height, width = found[0].pixels.shape[:2]
    return (max(screen[0], found[0].left + width), max(screen[1], found[0].top + height)), found


def _parts(data: bytes) -> Iterator[Part]:
    table, at = _table(data, 13, data[10])
    control = bytes(4)
    while data[at] != 0x3B:
        if data[at] == 0x21:
            body, end = _body(data, at + 2)
            control = body if data[at + 1] == 0xF9 else control
        else:
            left, top, width, height, flags = struct.unpack_from("<HHHHB", data, at + 1)
            own, start = _table(data, at + 10, flags)
            codes, end = _body(data, start + 1)
            indexes = np.zeros((height, width), dtype=np.int64)
            stored = np.frombuffer(unpacked(codes, data[start], width * height), dtype=np.uint8)
            indexes[order(height, interlaced=bool(flags & 0x40))] = stored.reshape(height, width)
            yield Part(
                pixels=_colored(indexes, own or table or _GRAYS, control[3] if control[0] & 1 else None),
                left=left,
                top=top,
                over=True,
                disposal=_DISPOSALS[control[0] >> 2 & 7],  # type: ignore[arg-type]  # One of three.
                milliseconds=10 * int.from_bytes(control[1:3], "little"),
            )
            control = bytes(4)
        at = end


def _colored(indexes: Levels, table: bytes, transparent: int | None) -> Levels:
    colors = np.frombuffer(table.ljust(768, b"\0"), dtype=np.uint8).reshape(256, 3).astype(np.int64)
    alpha = np.where(indexes == transparent, 0, 255) if transparent is not None else np.full_like(indexes, 255)
    return np.concatenate([colors[indexes], alpha[..., None]], axis=2)


def _table(data: bytes, at: int, flags: int) -> tuple[bytes, int]:
    length = 3 << (flags & 7) + 1 if flags & 0x80 else 0
    return data[at : at + length], at + length


def _body(data: bytes, at: int) -> tuple[bytes, int]:
    out = b""
    while data[at]:
        out += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    return out, at + 1


_TABLES = st.sampled_from([b"", TABLE, TABLE[300:306], TABLE[6:198], _GRAYS])


@st.composite
def drawn(draw: st.DrawFn, *, plain: bool = False) -> bytes:
    """Draw a file of one to six images, anywhere on the screen or beyond it, with any disposal.

    All decoders agree on a plain file: the first image is opaque and fills the screen, no image reaches beyond it, all
    indexes have colours, and no disposal clears anything.
    """
    screen = draw(st.integers(1, 12)), draw(st.integers(1, 9))
    table = TABLE if plain else draw(st.sampled_from([TABLE, TABLE[:24], _GRAYS, b""]))
    numbers = range(draw(st.integers(1, 6)))
    frames = [_plain_frame(draw, screen, whole=not number) if plain else _frame(draw, screen) for number in numbers]
    return written(screen, frames, table=table, background=draw(st.integers(0, 7)))


def _frame(draw: st.DrawFn, screen: tuple[int, int]) -> Frame:
    beyond = draw(st.integers(0, 4))
    size = draw(st.integers(1, screen[0] + beyond)), draw(st.integers(1, screen[1] + beyond))
    most = draw(st.sampled_from([2, 4, 8, 64, 256]))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    return Frame(
        indexes=chance.integers(0, most, size[0] * size[1], dtype=np.uint8).tobytes(),
        size=size,
        place=(draw(st.integers(0, screen[0] + beyond)), draw(st.integers(0, screen[1] + beyond))),
        disposal=draw(st.integers(0, 7)),
        transparent=draw(st.one_of(st.none(), st.integers(0, most - 1))),
        table=draw(_TABLES),
        interlaced=draw(st.booleans()),
        hundredths=draw(st.integers(0, 300)),
    )


def _plain_frame(draw: st.DrawFn, screen: tuple[int, int], *, whole: bool) -> Frame:
    size = screen if whole else (draw(st.integers(1, screen[0])), draw(st.integers(1, screen[1])))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    return Frame(
        indexes=chance.integers(0, 16, size[0] * size[1], dtype=np.uint8).tobytes(),
        size=size,
        place=(draw(st.integers(0, screen[0] - size[0])), draw(st.integers(0, screen[1] - size[1]))),
        disposal=draw(st.sampled_from([0, 1] if whole else [0, 1, 3])),
        transparent=None if whole else draw(st.one_of(st.none(), st.integers(0, 15))),
        table=draw(st.sampled_from([b"", TABLE[300:396], _GRAYS])),
        interlaced=draw(st.booleans()),
    )
