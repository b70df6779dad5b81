"""Writes TIFF files tag by tag, with sample layouts that no library writes."""

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float64]
Tag = int | bytes | Sequence[int]

_SHORT, _LONG, _UNDEFINED, _LONG8 = 3, 4, 7, 16


def tiff(
    pages: Sequence[tuple[Mapping[int, Tag], Sequence[bytes]]],
    *,
    order: str = "<",
    big: bool = False,
    offsets: int = 273,
) -> bytes:
    """Return a file of pages, given as (tags, strips). For tiles, `offsets` is 324.

    The directory of a page follows its pixels.
    """
    file = bytearray((b"II" if order == "<" else b"MM") + struct.pack(f"{order}H", 43 if big else 42))
    file += struct.pack(f"{order}HHQ", 8, 0, 0) if big else bytes(4)
    link = 8 if big else 4
    for tags, strips in pages:
        places = []
        for strip in strips:
            places.append(len(file))
            file += strip
        named = {**tags, offsets: places, (279 if offsets == 273 else 325): [len(strip) for strip in strips]}
        entries = [_entry(file, tag, value, order, big=big) for tag, value in sorted(named.items())]
        file[link : link + (8 if big else 4)] = struct.pack(f"{order}{'Q' if big else 'I'}", len(file))
        file += struct.pack(f"{order}{'Q' if big else 'H'}", len(entries)) + b"".join(entries)
        link = len(file)
        file += bytes(8 if big else 4)
    return bytes(file)


def _entry(file: bytearray, tag: int, value: Tag, order: str, *, big: bool) -> bytes:
    count_code, room = ("Q", 8) if big else ("I", 4)
    if isinstance(value, bytes):
        kind, count, body = _UNDEFINED, len(value), value
    else:
        numbers = [value] if isinstance(value, int) else list(value)
        kind, code = (_SHORT, "H") if max(numbers, default=0) < 65536 else (_LONG, "I")
        if tag in {273, 279, 324, 325, 330}:
            kind, code = (_LONG8, "Q") if big else (_LONG, "I")
        count, body = len(numbers), struct.pack(f"{order}{len(numbers)}{code}", *numbers)
    if len(body) > room:
        place = len(file)
        file += body
        body = struct.pack(f"{order}{count_code}", place)
    return struct.pack(f"{order}HH{count_code}", tag, kind, count) + body.ljust(room, b"\0")


def packed(numbers: NDArray[np.int64], bits: int) -> bytes:
    """Pack rows of numbers with `bits` bits each, highest bit first. Each row is padded to whole bytes."""
    rows = numbers.reshape(numbers.shape[0], -1)
    places = np.arange(bits - 1, -1, -1)
    unpacked = (rows[:, :, None] >> places & 1).astype(np.uint8).reshape(rows.shape[0], -1)
    return np.packbits(unpacked, axis=1).tobytes()


def reversed_bits(data: bytes) -> bytes:
    """Return the bytes with their bits in reverse order."""
    return bytes(int(f"{byte:08b}"[::-1], 2) for byte in data)


def one_page(levels: Levels, bits: int, photometric: int, *, order: str = "<", big: bool = False, **more: Tag) -> bytes:
    """Return a file of one strip of unsigned samples. `levels` are 0 to 1; shape (height, width[, samples]).

    `more` are further tags, with names such as `t338`.
    """
    samples = levels.shape[2] if levels.ndim == 3 else 1
    numbers = np.rint(levels * ((1 << bits) - 1)).astype(np.int64)
    tags = {256: levels.shape[1], 257: levels.shape[0], 258: [bits] * samples, 259: 1, 262: photometric, 277: samples}
    tags |= {int(name[1:]): value for name, value in more.items()}
    body = numbers.astype(f"{order}u{bits // 8}").tobytes() if bits in (16, 32) else packed(numbers, bits)
    if tags.get(266) == 2:
        body = reversed_bits(body)
    return tiff([(tags, [body])], order=order, big=big)


def in_planes(levels: Levels, bits: int, photometric: int) -> bytes:
    """Return a file of unsigned samples of 8, 16 or 32 bits, each in a separate strip."""
    numbers = np.rint(levels * ((1 << bits) - 1)).astype(f"<u{bits // 8}")
    samples = levels.shape[2]
    tags: dict[int, Tag] = {256: levels.shape[1], 257: levels.shape[0], 258: [bits] * samples, 277: samples}
    return tiff([(tags | {262: photometric, 284: 2}, [numbers[..., part].tobytes() for part in range(samples)])])


def with_strips(data: bytes, tags: Mapping[int, Tag], places: Sequence[int], counts: Sequence[int]) -> bytes:
    """Return a file of one page whose strips have these offsets in `data`, and these numbers of bytes."""
    named = {**tags, 273: list(places), 279: list(counts)}
    file = bytearray(data or b"II" + struct.pack("<HI", 42, 0))
    entries = [_entry(file, tag, value, "<", big=False) for tag, value in sorted(named.items())]
    file[4:8] = struct.pack("<I", len(file))
    return bytes(file) + struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)


def lzw(data: bytes) -> bytes:
    """Return an LZW stream that does not compress: 9-bit codes, with the table cleared before they get longer."""
    codes = [256]
    for at, byte in enumerate(data):
        codes.append(byte)
        if at % 200 == 199:
            codes.append(256)
    bits = "".join(f"{code:09b}" for code in [*codes, 257])
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")
