"""JPEG: walks the segments of a file and rewrites it without some of them (ITU-T T.81, annex B)."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

START_OF_IMAGE: Final = b"\xff\xd8"
END_OF_IMAGE: Final = b"\xff\xd9"

EOI: Final = 0xD9
SOS: Final = 0xDA
COM: Final = 0xFE
APP: Final = range(0xE0, 0xF0)
"""Markers of applications: APP0 to APP15."""
FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers that begin a frame (SOF), each for one way of coding."""
_WITHOUT_LENGTH: Final = frozenset({*range(0x02), *range(0xD0, 0xD9)})
"""TEM, restart markers and SOI; also a zero, which makes the byte before it data."""

_MARKER: Final = re.compile(rb"\xff[^\x00\xff]")
_END_OF_SCAN: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""The first marker behind entropy-coded data. In these a 0xFF is followed by a zero, by a restart marker, or by more of
0xFF (section B.1.1.5)."""


class Segment(NamedTuple):
    """One segment, as a place in the bytes of a file. Nothing is copied."""

    marker: int
    """The byte after 0xFF."""
    start: int
    """Offset of the 0xFF."""
    end: int
    """Offset of the byte after the contents. It is beyond the file's end if the segment is cut."""
    file: memoryview
    """All bytes of the file."""

    @property
    def body(self) -> memoryview:
        """The contents without marker and length, as many of them as the file has."""
        return self.file[self.start + 4 : self.end]

    @property
    def whole(self) -> bool:
        """Whether the file has all bytes of the segment."""
        return self.end <= len(self.file)


def walk(data: bytes) -> Iterator[Segment]:
    """Yield the segments in the order of the file, EOI last, if there is one; what follows that is no part of a JPEG.

    A scan is yielded as its header; the entropy-coded data lie between its end and the next segment. Bytes before a
    marker that make no sense are passed over, as libjpeg does, and so is a marker without contents.
    """
    view = memoryview(data)
    found = _MARKER.search(data, len(START_OF_IMAGE))
    while found:
        start, marker = found.start(), data[found.start() + 1]
        if marker in _WITHOUT_LENGTH:
            found = _MARKER.search(data, start + 2)
            continue
        # A length counts its own two bytes. Decoders read a smaller one as two.
        length = 0 if marker == EOI else max(2, int.from_bytes(view[start + 2 : start + 4], "big"))
        segment = Segment(marker, start, start + 2 + length, view)
        yield segment
        if marker == EOI:
            return
        found = (_END_OF_SCAN if marker == SOS else _MARKER).search(data, segment.end)


def segment(marker: int, body: bytes) -> bytes:
    """The bytes of a segment with these contents, 65,533 at most."""
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def rewrite(data: bytes, keeps: Callable[[Segment], bool]) -> bytes:
    """The file with only the segments that `keeps` says yes to, byte by byte as they are, and nothing after EOI.

    EOI is always there. Only APPn and COM are asked about: a picture needs all others. The same object comes back if
    nothing changes.
    """
    view, out = memoryview(data), io.BytesIO()
    run, end = 0, len(data)
    for one in walk(data):
        if one.marker == EOI:
            end = one.start
        elif (one.marker in APP or one.marker == COM) and not keeps(one):
            out.write(view[run : one.start])
            run = min(one.end, end)
    if run == 0 and data[end:] == END_OF_IMAGE:
        return data
    out.write(view[run:end])
    out.write(END_OF_IMAGE)
    return out.getvalue()
