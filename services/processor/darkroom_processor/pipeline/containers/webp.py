"""Walks the chunks of a WebP (RFC 9649, section 2)."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

_HEAD: Final = 8
"""Bytes of a chunk's FourCC and length."""
_FIRST: Final = 12
"""Offset of the first chunk, after `RIFF`, the length and `WEBP`."""
_FRAME_FIELDS: Final = 16
"""Bytes of a frame's position, size, duration and flags, before its chunks."""
IMAGES: Final = frozenset({b"VP8 ", b"VP8L"})
"""Chunks that hold the coded pixels: lossy and lossless."""


class Chunk(NamedTuple):
    """One chunk, as a view into the file. Nothing is copied."""

    kind: bytes
    """The FourCC: four letters."""
    body: memoryview
    """The contents; shorter if the chunk is truncated."""
    whole: bool
    """Whether the file has all of the contents."""


def walk(data: bytes) -> Iterator[Chunk]:
    """Yield the chunks up to the end that the RIFF header announces. What follows does not belong to the WebP."""
    end = _HEAD + int.from_bytes(data[4:8], "little")
    return _walk(memoryview(data)[_FIRST:end])


def walk_frame(frame: Chunk) -> Iterator[Chunk]:
    """Yield the chunks within an `ANMF` chunk."""
    return _walk(frame.body[_FRAME_FIELDS:])


def frame_fields(frame: Chunk) -> bytes:
    """Return the bytes of the position, size, duration and flags of an `ANMF` chunk."""
    return bytes(frame.body[:_FRAME_FIELDS])


def size_of(image: Chunk) -> tuple[int, int]:
    """Return (width, height) in pixels of a `VP8 ` or `VP8L` chunk (RFC 6386, section 9.1; RFC 9649, section 3.4)."""
    if image.kind == b"VP8L":
        bits = int.from_bytes(image.body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    sides = int.from_bytes(image.body[6:8], "little"), int.from_bytes(image.body[8:10], "little")
    return sides[0] & 0x3FFF, sides[1] & 0x3FFF


def chunk(kind: bytes, body: bytes | memoryview) -> bytes:
    """Return the bytes of a chunk with these contents, padded to an even length."""
    return b"".join([kind, len(body).to_bytes(4, "little"), body, bytes(len(body) % 2)])


def file_of(chunks: Iterable[bytes]) -> bytes:
    """Return a WebP of these chunks."""
    body = b"".join([b"WEBP", *chunks])
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _walk(view: memoryview) -> Iterator[Chunk]:
    at = 0
    while at + _HEAD <= len(view):
        length = int.from_bytes(view[at + 4 : at + _HEAD], "little")
        body = view[at + _HEAD : at + _HEAD + length]
        yield Chunk(bytes(view[at : at + 4]), body, len(body) == length)
        at += _HEAD + length + length % 2
