"""Walks the segments of a JPEG and rewrites it without some of them (ITU-T T.81, annex B)."""

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
"""Application markers: APP0 to APP15."""
FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Start-of-frame markers (SOF), one for each coding process."""
_WITHOUT_LENGTH: Final = frozenset({*range(0x02), *range(0xD0, 0xD9)})
"""Markers without a segment: TEM, RST0 to RST7, SOI. Zero is among them: after 0xFF it is a stuffed byte."""

_MARKER: Final = re.compile(rb"\xff[^\x00\xff]")
_END_OF_SCAN: Final = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""The first marker after entropy-coded data. Within the data, 0xFF is followed by zero, by a restart marker, or by
another 0xFF (section B.1.1.5)."""


class Segment(NamedTuple):
    """One segment, as offsets into the file. Nothing is copied."""

    marker: int
    """The second byte of the marker, after 0xFF."""
    start: int
    """Offset of the 0xFF."""
    end: int
    """Offset of the byte after the contents. It is beyond the end of the file if the segment is truncated."""
    file: memoryview
    """All bytes of the file."""

    @property
    def body(self) -> memoryview:
        """The contents without marker and length; shorter if the segment is truncated."""
        return self.file[self.start + 4 : self.end]

    @property
    def whole(self) -> bool:
        """Whether the file has all bytes of the segment."""
        return self.end <= len(self.file)


def walk(data: bytes) -> Iterator[Segment]:
    """Yield the segments in the order of the file, up to EOI, which is yielded too.

    A scan is yielded as its header; the entropy-coded data is between its end and the next segment. Like libjpeg, this
    skips unknown bytes before a marker, and markers without a segment.
    """
    view = memoryview(data)
    found = _MARKER.search(data, len(START_OF_IMAGE))
    while found:
        start, marker = found.start(), data[found.start() + 1]
        if marker in _WITHOUT_LENGTH:
            found = _MARKER.search(data, start + 2)
            continue
        # A length includes its own two bytes. Decoders treat a smaller one as two.
        length = 0 if marker == EOI else max(2, int.from_bytes(view[start + 2 : start + 4], "big"))
        segment = Segment(marker, start, start + 2 + length, view)
        yield segment
        if marker == EOI:
            return
        found = (_END_OF_SCAN if marker == SOS else _MARKER).search(data, segment.end)


def segment(marker: int, body: bytes) -> bytes:
    """Return the bytes of a segment with these contents, which have at most 65,533 bytes."""
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def rewrite(data: bytes, keeps: Callable[[Segment], bool]) -> bytes:
    """Return the file without the segments that `keeps` rejects, and without what follows EOI.

    The other segments are copied byte by byte. EOI is added if it is missing. `keeps` is asked only about APPn and COM:
    the pixels need all others. Returns the same object if nothing changes.
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
