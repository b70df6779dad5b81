"""PNG: walks the chunks of a file and rewrites it with only some of them (PNG third edition, section 5)."""

import io
import zlib
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

MAGIC: Final = b"\x89PNG\r\n\x1a\n"
END: Final = b"IEND"
_HEAD: Final = 8
"""Bytes of a chunk's length and name."""
_TAIL: Final = 4
"""Bytes of its checksum."""


class Chunk(NamedTuple):
    """One chunk, as a place in the bytes of a file. Nothing is copied."""

    kind: bytes
    """The name: four bytes, letters if it is well made."""
    start: int
    """Offset of the length field."""
    length: int
    """Bytes of the contents, as the length field says."""
    file: memoryview
    """All bytes of the file."""

    @property
    def end(self) -> int:
        """Offset of the byte after the checksum. It is beyond the file's end if the chunk is cut."""
        return self.start + _HEAD + self.length + _TAIL

    @property
    def body(self) -> memoryview:
        """The contents, as many of them as the file has."""
        return self.file[self.start + _HEAD : self.start + _HEAD + self.length]

    @property
    def whole(self) -> bool:
        """Whether the file has all bytes of the chunk, its checksum included."""
        return self.end <= len(self.file)

    @property
    def intact(self) -> bool:
        """Whether the chunk is whole and its checksum is right. Reads all of the contents."""
        checksum_at = self.end - _TAIL
        stated = int.from_bytes(self.file[checksum_at : self.end], "big")
        return self.whole and zlib.crc32(self.file[self.start + 4 : checksum_at]) == stated

    @property
    def named(self) -> bool:
        """Whether the name is four ASCII letters with a capital third one, which all names must be (section 5.4)."""
        return self.kind.isalpha() and self.kind.isascii() and self.kind[2:3].isupper()

    @property
    def critical(self) -> bool:
        """Whether the name says that the picture cannot be told without this chunk."""
        return not self.kind[0] & 0x20


def walk(data: bytes, at: int = len(MAGIC)) -> Iterator[Chunk]:
    """Yield the chunks in the order of the file, `IEND` last; what follows that is no part of a PNG.

    `at` is the offset of the first one. If the file ends within a chunk, that one is yielded too, as long as its name
    is there.
    """
    view = memoryview(data)
    while at + _HEAD <= len(view):
        chunk = Chunk(bytes(view[at + 4 : at + _HEAD]), at, int.from_bytes(view[at : at + 4], "big"), view)
        yield chunk
        if chunk.kind == END:
            return
        at = chunk.end


def chunk(kind: bytes, body: bytes | memoryview) -> bytes:
    """The bytes of a chunk with these contents."""
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(body, zlib.crc32(kind)).to_bytes(4, "big")


def rewrite(data: bytes, keeps: Callable[[Chunk], bool]) -> bytes:
    """The file with only the chunks that `keeps` says yes to, byte by byte as they are, and nothing after them.

    `IEND` is always there, well made. A chunk that the file has only a part of gets the length and the checksum of that
    part. The same object comes back if nothing changes.
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
