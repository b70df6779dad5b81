"""Walks the chunks of a PNG and rewrites it with only some of them (PNG third edition, section 5)."""

import io
import zlib
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

MAGIC: Final = b"\x89PNG\r\n\x1a\n"
END: Final = b"IEND"
_HEAD: Final = 8
"""Bytes of a chunk's length and type."""
_TAIL: Final = 4
"""Bytes of a chunk's checksum (CRC)."""


class Chunk(NamedTuple):
    """One chunk, as offsets into the file. Nothing is copied."""

    kind: bytes
    """The chunk type: four bytes, which are letters in a valid file."""
    start: int
    """Offset of the length field."""
    length: int
    """Bytes of the contents, according to the length field."""
    file: memoryview
    """All bytes of the file."""

    @property
    def end(self) -> int:
        """Offset of the byte after the checksum. It is beyond the end of the file if the chunk is truncated."""
        return self.start + _HEAD + self.length + _TAIL

    @property
    def body(self) -> memoryview:
        """The contents; shorter if the chunk is truncated."""
        return self.file[self.start + _HEAD : self.start + _HEAD + self.length]

    @property
    def whole(self) -> bool:
        """Whether the file has all bytes of the chunk, its checksum included."""
        return self.end <= len(self.file)

    @property
    def intact(self) -> bool:
        """Whether the chunk is whole and its checksum is right. This reads all of the contents."""
        checksum_at = self.end - _TAIL
        stated = int.from_bytes(self.file[checksum_at : self.end], "big")
        return self.whole and zlib.crc32(self.file[self.start + 4 : checksum_at]) == stated

    @property
    def named(self) -> bool:
        """Whether the type is valid: four ASCII letters, the third one a capital (section 5.4)."""
        return self.kind.isalpha() and self.kind.isascii() and self.kind[2:3].isupper()

    @property
    def critical(self) -> bool:
        """Whether a decoder must know this chunk to show the image: the first letter is a capital (section 5.4)."""
        return not self.kind[0] & 0x20


def walk(data: bytes, at: int = len(MAGIC)) -> Iterator[Chunk]:
    """Yield the chunks in the order of the file, up to `IEND`, which is yielded too.

    `at` is the offset of the first chunk. A truncated chunk is yielded too if its type is there.
    """
    view = memoryview(data)
    while at + _HEAD <= len(view):
        chunk = Chunk(bytes(view[at + 4 : at + _HEAD]), at, int.from_bytes(view[at : at + 4], "big"), view)
        yield chunk
        if chunk.kind == END:
            return
        at = chunk.end


def chunk(kind: bytes, body: bytes | memoryview) -> bytes:
    """Return the bytes of a chunk with these contents."""
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(body, zlib.crc32(kind)).to_bytes(4, "big")


def rewrite(data: bytes, keeps: Callable[[Chunk], bool]) -> bytes:
    """Return the file with only the chunks that `keeps` accepts, and without what follows `IEND`.

    The chunks are copied byte by byte, and a valid `IEND` ends them. A truncated chunk gets the length and the checksum
    of the part that is there. Returns the same object if nothing changes.
    """
    view, out = memoryview(data), io.BytesIO()
    run, end = 0, len(MAGIC)
    for one in walk(data):
        if one.kind == END:
            if run == 0 and one.intact and one.length == 0 and one.end == len(data):
                return data
            end = one.start
            break
        keep, end = keeps(one), min(one.end, len(data))
        if not (keep and one.whole):
            out.write(view[run : one.start])
            run = end
        if keep and not one.whole:
            out.write(chunk(one.kind, one.body))
    out.write(view[run:end])
    out.write(chunk(END, b""))
    return out.getvalue()
