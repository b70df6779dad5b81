"""Reads the directories of a TIFF or BigTIFF: the number of pages, the size of the first, whether it is camera RAW.

Directories can be anywhere in a file, and the file can be whole or a stream. So `TiffWalk` asks for the bytes that it
needs next (TIFF 6.0, section 2; BigTIFF: https://libtiff.gitlab.io/libtiff/specification/bigtiff.html).
"""

from collections.abc import Generator
from typing import Final, NamedTuple

from darkroom import camera_raw
from darkroom.limits import MOST_FRAMES_COUNTED
from darkroom.tiff_encoding import TiffEncoding

_MOST_ENTRIES: Final = 4096
"""Most entries of a directory that are read. Real directories have some dozens."""
_MOST_JUDGED: Final = 16
"""Directories that are checked for camera RAW. The others are only counted."""
_MOST_MAKER_BYTES: Final = 64
_SIZES: Final = {1: 1, 3: 2, 4: 4, 13: 4, 16: 8, 18: 8}
"""Bytes of each type of numbers."""

_NEW_SUBFILE_TYPE, _WIDTH, _HEIGHT, _PHOTOMETRIC, _MAKE, _SUB_IFDS, _DNG_VERSION = 254, 256, 257, 262, 271, 330, 50706
_REDUCED: Final = 1
_SENSOR: Final = frozenset({32803, 34892})
"""Photometric interpretations of raw sensor data: a colour filter array, or linear light."""


class Place(NamedTuple):
    """A range of bytes of a file."""

    start: int
    length: int


class TiffWalk:
    """Reads the chain of directories. Give it the bytes at `wanted` until that is None.

    Time and memory are limited: at most `most_pages` directories are read. An endless chain has that many pages.
    """

    def __init__(self, most_pages: int) -> None:
        self._most_pages = most_pages
        self.pages = 0
        """Number of directories read."""
        self.width = 0
        self.height = 0
        """Width and height of the first page in pixels, before its orientation; 0 if the page does not have them."""
        self.raw: str | None = None
        """Name of the camera RAW format, empty if unknown; None if the file is not camera RAW."""
        self.wanted: Place | None = None
        self._steps = self._walk()
        self._advance(None)

    def give(self, data: bytes) -> None:
        """Take the wanted bytes. Give fewer if the file ends before, none if they are not available."""
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
            # Camera RAW has a thumbnail first and the image in a SubIFD. A pyramid has them the other way round.
            first and directory.number(_NEW_SUBFILE_TYPE) & _REDUCED and _SUB_IFDS in directory.entries
        ):
            maker = directory.text(_MAKE)
            if isinstance(maker, Place):
                maker = yield maker
            self.raw = camera_raw.by_maker(maker.partition(b"\0")[0].decode("ascii", "replace").strip())


class _Directory:
    """The entries of one directory. If a tag occurs twice, the first counts, as in libtiff."""

    def __init__(self, data: bytes, encoding: TiffEncoding) -> None:
        self._encoding = encoding
        self.entries: dict[int, bytes] = {}
        for at in range(0, len(data) - encoding.entry_bytes + 1, encoding.entry_bytes):
            self.entries.setdefault(encoding.number(data[at : at + 2]), data[at : at + encoding.entry_bytes])

    def number(self, tag: int) -> int:
        """Return the first number of a tag; 0 if the entry itself has none."""
        entry = self.entries.get(tag)
        size = _SIZES.get(self._encoding.number(entry[2:4]), 0) if entry else 0
        return self._encoding.number(entry[-self._encoding.offset_bytes :][:size]) if entry else 0

    def text(self, tag: int) -> bytes | Place:
        """Return the bytes of a text, or their place in the file. Short texts are in the entry itself."""
        entry, encoding = self.entries.get(tag), self._encoding
        if entry is None:
            return b""
        length, field = encoding.number(entry[4 : -encoding.offset_bytes]), entry[-encoding.offset_bytes :]
        if length <= encoding.offset_bytes:
            return field[:length]
        return Place(encoding.number(field), min(length, _MOST_MAKER_BYTES))


def walked(data: bytes) -> TiffWalk:
    """Return the walk through a whole file, which has ended."""
    walk = TiffWalk(MOST_FRAMES_COUNTED)
    while walk.wanted is not None:
        start, length = walk.wanted
        walk.give(data[start : start + length])
    return walk


class TiffStream:
    """A walk through a file whose bytes come once, in order. It ends at a directory in bytes that have gone by."""

    def __init__(self) -> None:
        self.walk = TiffWalk(_MOST_JUDGED)
        self._position = 0
        self._found = bytearray()

    def see(self, data: bytes) -> None:
        """Read the next bytes."""
        end = self._position + len(data)
        while (wanted := self.walk.wanted) is not None:
            missing = wanted.start + len(self._found)
            if missing < self._position:
                # These bytes have gone by and are not available.
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
