"""JPEG: how many scans the coefficients come in (ITU-T T.81, annex B)."""

from darkroom.limits import MAX_SCANS

_START_OF_SCAN = 0xDA
_SEQUENTIAL_FRAMES = frozenset({0xC0, 0xC1})
_START_OF_SCAN_MARKER = b"\xff\xda"
_END_OF_IMAGE = 0xD9
_FILL = 0xFF
# Also those that are reserved: a decoder that looks for a restart marker passes over their two bytes.
_WITHOUT_LENGTH = frozenset({*range(0xC0), *range(0xD0, 0xD9)})


def count_scans(data: bytes) -> int:
    """The number of scans, counted no further than one above the limit.

    Most files need no count: see `_is_one_scan`. Inside entropy-coded data 0xFF is always followed by zero or a restart
    marker, so the plain count of the marker's bytes is at least the number of scans. It is more only when they also
    stand in metadata or behind the image's end: then the segments are walked.
    """
    if _is_one_scan(data):
        return 1
    at_most = data.count(_START_OF_SCAN_MARKER)
    return at_most if at_most <= MAX_SCANS else _walk(data)


def _is_one_scan(data: bytes) -> bool:
    """Whether the picture is sequential and its first scan has all components: decoders read no other scan then.

    False as soon as there is anything but segments with a length: other files are rare, and can be counted.
    """
    components, at = 0, 2
    while data[at : at + 1] == b"\xff" and len(data) > at + 9:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _FILL or marker in _WITHOUT_LENGTH:
            return False
        if marker == _START_OF_SCAN:
            return 0 < components == data[at + 4]
        if marker in _SEQUENTIAL_FRAMES:
            components = data[at + 9]
        at += 2 + length
    return False


def _walk(data: bytes) -> int:
    scans = 0
    at = data.find(b"\xff", 2)
    while 0 <= at < len(data) - 3 and scans <= MAX_SCANS:
        marker = data[at + 1]
        if marker == _FILL:
            at += 1
            continue
        if marker == _END_OF_IMAGE:
            break
        scans += marker == _START_OF_SCAN
        length = 0 if marker in _WITHOUT_LENGTH else int.from_bytes(data[at + 2 : at + 4], "big")
        at = data.find(b"\xff", at + 2 + length)
    return scans
