"""Reads the directories of a TIFF or BigTIFF: how many pages it has, how large the first is, whether it is camera RAW.

A file may come whole or as a stream, and its directories may lie anywhere in it, so `TiffWalk` asks for the bytes that
it wants next (TIFF 6.0, section 2; BigTIFF by libtiff, https://libtiff.gitlab.io/libtiff/specification/bigtiff.html).
"""

from collections.abc import Generator
from typing import Final, NamedTuple

from darkroom import camera_raw
from darkroom.limits import MOST_FRAMES_COUNTED
from darkroom.tiff_encoding import TiffEncoding

_MOST_ENTRIES: Final = 4096
"""Entries of a directory that are looked at. Real directories have some dozens."""
_MOST_JUDGED: Final = 16
"""Directories in which signs of camera RAW are looked for; the others are only counted."""
_MOST_MAKER_BYTES: Final = 64
_SIZES: Final = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8}
"""Bytes of the types of numbers that matter here."""

_NEW_SUBFILE_TYPE, _WIDTH, _HEIGHT, _PHOTOMETRIC, _MAKE, _SUB_IFDS, _DNG_VERSION = 254, 256, 257, 262, 271, 330, 50706
_REDUCED: Final = 1
_SENSOR: Final = frozenset({32803, 34892})
"""Photometric interpretations of what a sensor sees: a colour filter array, or linear light."""


class Place(NamedTuple):
    """Bytes of a file."""

    start: int
    length: int


class TiffWalk:
    """Walks the chain of directories. Give it the bytes at `wanted` as long as that is not None.

    Time and memory are bounded: `most_pages` directories are read. A chain that leads back to one of its own
    directories has that number.
    """

    def __init__(self, most_pages: int) -> None:
        self._most_pages = most_pages
        self.pages = 0
        """Directories seen."""
        self.width = 0
        self.height = 0
        """Size of the first page as stored, in pixels; 0 if the page does not tell it."""
        self.raw: str | None = None
        """The name of the camera's format, which may be empty; None when it is no camera RAW."""
        self.wanted: Place | None = None
        self._steps = self._walk()
        self._advance(None)

    def give(self, data: bytes) -> None:
        """Take the wanted bytes; fewer when the file ends before, none when they cannot be had."""
        self._advance(data)

    def _advance(self, data: bytes | None) -> None:
        try:
            self.wanted = next(self._steps) if data is None else self._steps.send(data)
        except StopIteration:
            self.wanted = None

    def _walk(self) -> Generator[Place, bytes, None]:
        head = yield Place(0, 16)
        encoding = TiffEncoding.read(head)
        if encoding is None:
            return
        self.raw = camera_raw.by_magic(head)
        at = encoding.first_directory(head)
        while at and self.raw is None and self.pages < self._most_pages:
            count = yield Place(at, encoding.count_bytes)
            if len(count) < encoding.count_bytes:
                return
            self.pages += 1
            entries = encoding.number(count)
            start = at + encoding.count_bytes
            if self.pages <= _MOST_JUDGED:
                known = yield Place(start, min(entries, _MOST_ENTRIES) * encoding.entry_bytes)
                yield from self._judge(_Directory(known, encoding))
            at = encoding.number((yield Place(start + entries * encoding.entry_bytes, encoding.offset_bytes)))

    def _judge(self, directory: "_Directory") -> Generator[Place, bytes, None]:
        first = self.pages == 1
        if first:
            self.width, self.height = directory.number(_WIDTH), directory.number(_HEIGHT)
        if _DNG_VERSION in directory.entries:
            self.raw = "DNG"
        elif directory.number(_PHOTOMETRIC) in _SENSOR or (
            # A thumbnail with the picture below it. A pyramid has the picture above and what is reduced below.
            first and directory.number(_NEW_SUBFILE_TYPE) & _REDUCED and _SUB_IFDS in directory.entries
        ):
            maker = directory.text(_MAKE)
            if isinstance(maker, Place):
                maker = yield maker
            self.raw = camera_raw.by_maker(maker.partition(b"\0")[0].decode("ascii", "replace").strip())


class _Directory:
    """The entries of one directory. Of tags that come twice the first counts, as with libtiff."""

    def __init__(self, data: bytes, encoding: TiffEncoding) -> None:
        self._encoding = encoding
        self.entries: dict[int, bytes] = {}
        for at in range(0, len(data) - encoding.entry_bytes + 1, encoding.entry_bytes):
            self.entries.setdefault(encoding.number(data[at : at + 2]), data[at : at + encoding.entry_bytes])

    def number(self, tag: int) -> int:
        """The first number of a tag; 0 when there is none in the entry itself."""
        entry = self.entries.get(tag)
        size = _SIZES.get(self._encoding.number(entry[2:4]), 0) if entry else 0
        return self._encoding.number(entry[-self._encoding.offset_bytes :][:size]) if entry else 0

    def text(self, tag: int) -> bytes | Place:
        """The bytes of a text, or where they are; short ones are in the entry itself."""
        entry, encoding = self.entries.get(tag), self._encoding
        if entry is None:
            return b""
        length, field = encoding.number(entry[4 : -encoding.offset_bytes]), entry[-encoding.offset_bytes :]
        if length <= encoding.offset_bytes:
            return field[:length]
        return Place(encoding.number(field), min(length, _MOST_MAKER_BYTES))


def walked(data: bytes) -> TiffWalk:
    """The walk through a whole file."""
    walk = TiffWalk(MOST_FRAMES_COUNTED)
    while walk.wanted is not None:
        start, length = walk.wanted
        walk.give(data[start : start + length])
    return walk


class TiffStream:
    """A walk through a file whose bytes come once, in order. It ends where a directory lies before what was read."""

    def __init__(self) -> None:
        self.walk = TiffWalk(_MOST_JUDGED)
        self._position = 0
        self._found = bytearray()

    def see(self, data: bytes) -> None:
        """Look at the next bytes."""
        end = self._position + len(data)
        while (wanted := self.walk.wanted) is not None:
            missing = wanted.start + len(self._found)
            if missing < self._position:
                # Gone by: nothing can be told of it.
                self._hand_over(b"")
                continue
            if missing < end:
                at = missing - self._position
                self._found += data[at : at + wanted.length - len(self._found)]
            if len(self._found) < wanted.length:
                break
            self._hand_over(bytes(self._found))
        self._position = end

    def _hand_over(self, found: bytes) -> None:
        self._found.clear()
        self.walk.give(found)
