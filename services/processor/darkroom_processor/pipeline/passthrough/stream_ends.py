"""Finds the end of the compressed data in a strip or tile of a TIFF (TIFF 6.0, sections 9 and 13)."""

import lzma
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from darkroom_processor.pipeline.tiff.layout import Compression

_CLEAR, _END, _FIRST_ENTRY, _NARROW, _WIDEST = 256, 257, 258, 9, 12
_MOST_LZMA_BYTES: Final = 1 << 26
_ZSTANDARD: Final = b"\x28\xb5\x2f\xfd"
"""Magic number of a Zstandard frame."""


def cut_at_end(chunk: bytes, size: int, compression: int) -> bytes | None:
    """Return the chunk up to the end of its compressed data, which must decompress to `size` bytes.

    None if it does not, if the data is broken, or for a compression that is not in `_ENDS`, such as fax codes.
    """
    end = _ENDS.get(compression)
    try:
        return end(chunk, size) if end else None
    except (zlib.error, lzma.LZMAError):
        return None


def _raw(chunk: bytes, size: int) -> bytes | None:
    return chunk[:size] if len(chunk) >= size else None


def _inflated(chunk: bytes, size: int) -> bytes | None:
    decompressor = zlib.decompressobj()
    whole = len(decompressor.decompress(chunk, size + 1)) == size
    # One more byte of room makes zlib read the checksum after the last byte.
    whole = whole and not decompressor.decompress(decompressor.unconsumed_tail, 1) and decompressor.eof
    return chunk[: len(chunk) - len(decompressor.unused_data)] if whole else None


def _xz(chunk: bytes, size: int) -> bytes | None:
    decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_LZMA_BYTES)
    whole = len(decompressor.decompress(chunk, size + 1)) == size
    if whole and not decompressor.eof:
        whole = not decompressor.decompress(b"", 1) and decompressor.eof
    return chunk[: len(chunk) - len(decompressor.unused_data)] if whole else None


def _zstandard(chunk: bytes, size: int) -> bytes | None:  # noqa: ARG001 - nothing is decompressed
    """Find the end of one frame by the sizes of its blocks (RFC 8878, section 3.1.1)."""
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
    """Find the end code. Codes come highest bit first, and get wider one code before the table is full."""
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
    {
        Compression.NONE: _raw,
        Compression.LZW: _lzw,
        Compression.DEFLATE: _inflated,
        Compression.PACK_BITS: _pack_bits,
        Compression.OLD_DEFLATE: _inflated,
        Compression.LZMA: _xz,
        Compression.ZSTANDARD: _zstandard,
    }
)
"""Functions that cut a chunk at its end, by the value of Compression."""
