"""Strips and tiles of a TIFF: where packed bytes end, and differences of neighbours (TIFF 6.0, sections 9, 13, 14)."""

import lzma
import zlib
from array import array
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Literal

_CLEAR, _END, _FIRST_ENTRY, _NARROW, _WIDEST = 256, 257, 258, 9, 12
_MOST_LZMA_BYTES: Final = 1 << 26
_ZSTANDARD: Final = b"\x28\xb5\x2f\xfd"
_LANES: Final = {8: "B", 16: "H", 32: "I"}


def ended(chunk: bytes, size: int, compression: int) -> bytes | None:
    """The chunk up to its end, which unpacks to so many bytes; None when it does not, or its end cannot be told.

    It can be told without compression, of LZW, Deflate (both numbers), PackBits, LZMA and Zstandard. Fax codes are left
    out: they are packed anew.
    """
    end = _ENDS.get(compression)
    try:
        return end(chunk, size) if end else None
    except (zlib.error, lzma.LZMAError):
        return None


def difference(rows: bytes, row_bytes: int, bits: int, samples: int, order: Literal["little", "big"]) -> bytes:
    """Each sample less the same one of the pixel before, row by row.

    A row is one long number whose lanes are subtracted at once. The highest bit of a lane is treated apart, so that
    nothing is borrowed from the next.
    """
    swap = bits > 8 and order == "big"
    high = int.from_bytes((b"\0" * (bits // 8 - 1) + b"\x80") * (row_bytes * 8 // bits), "little")
    whole = (1 << row_bytes * 8) - 1
    made = []
    for at in range(0, len(rows), row_bytes):
        row = int.from_bytes(_swapped(rows[at : at + row_bytes], bits) if swap else rows[at : at + row_bytes], "little")
        before = row << samples * bits & whole
        less = (row | high) - (before & ~high) ^ ~(row ^ before) & high
        stored = less.to_bytes(row_bytes, "little")
        made.append(_swapped(stored, bits) if swap else stored)
    return b"".join(made)


def _swapped(row: bytes, bits: int) -> bytes:
    samples = array(_LANES[bits], row)
    samples.byteswap()
    return samples.tobytes()


def _raw(chunk: bytes, size: int) -> bytes | None:
    return chunk[:size] if len(chunk) >= size else None


def _inflated(chunk: bytes, size: int) -> bytes | None:
    unpacker = zlib.decompressobj()
    whole = len(unpacker.decompress(chunk, size + 1)) == size
    # The checksum behind the last byte is read with no more room than that.
    whole = whole and not unpacker.decompress(unpacker.unconsumed_tail, 1) and unpacker.eof
    return chunk[: len(chunk) - len(unpacker.unused_data)] if whole else None


def _xz(chunk: bytes, size: int) -> bytes | None:
    unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_LZMA_BYTES)
    whole = len(unpacker.decompress(chunk, size + 1)) == size
    if whole and not unpacker.eof:
        whole = not unpacker.decompress(b"", 1) and unpacker.eof
    return chunk[: len(chunk) - len(unpacker.unused_data)] if whole else None


def _zstandard(chunk: bytes, size: int) -> bytes | None:  # noqa: ARG001 - nothing is unpacked
    """One frame, by the sizes of its blocks (RFC 8878, section 3.1.1)."""
    if chunk[:4] != _ZSTANDARD or len(chunk) < 6:
        return None
    flags = chunk[4]
    single, size_flag = flags >> 5 & 1, flags >> 6
    size_bytes = single if size_flag == 0 else 1 << size_flag
    at, last = 5 + (1 - single) + (0, 1, 2, 4)[flags & 3] + size_bytes, False
    while not last:
        head = int.from_bytes(chunk[at : at + 3], "little")
        last, repeated = bool(head & 1), head >> 1 & 3 == 1
        at += 3 + (1 if repeated else head >> 3)
        if at > len(chunk):
            return None
    at += 4 * (flags >> 2 & 1)
    return chunk[:at] if at <= len(chunk) else None


def _pack_bits(chunk: bytes, size: int) -> bytes | None:
    at = 0
    while size > 0 and at < len(chunk):
        run = chunk[at]
        if run < 128:
            at += 2 + run
            size -= 1 + run
        else:
            at += 1 if run == 128 else 2
            size -= 257 - run if run > 128 else 0
    return chunk[:at] if size == 0 and at <= len(chunk) else None


def _lzw(chunk: bytes, size: int) -> bytes | None:
    """Codes come highest bit first, and grow by a bit one code before the table is full for their width."""
    lengths = [1] * _CLEAR + [0, 0]
    at, held, bits, width, before = 0, 0, 0, _NARROW, 0
    while True:
        while bits < width:
            if at == len(chunk):
                return None
            held = held << 8 | chunk[at]
            at += 1
            bits += 8
        bits -= width
        code = held >> bits
        held &= (1 << bits) - 1
        if code == _END:
            return chunk[:at] if size == 0 else None
        if code == _CLEAR:
            del lengths[_FIRST_ENTRY:]
            width, before = _NARROW, 0
            continue
        if before and len(lengths) < 1 << _WIDEST:
            lengths.append(before + 1)
            if len(lengths) == (1 << width) - 1 and width < _WIDEST:
                width += 1
        if code >= len(lengths) or size <= 0:
            return None
        before = lengths[code]
        size -= before


_ENDS: Final[Mapping[int, Callable[[bytes, int], bytes | None]]] = MappingProxyType(
    {1: _raw, 5: _lzw, 8: _inflated, 32773: _pack_bits, 32946: _inflated, 34925: _xz, 50000: _zstandard}
)
"""By Compression."""
