"""Counts the scans of a JPEG (ITU-T T.81, annex B)."""

from darkroom.limits import MAX_SCANS

_START_OF_SCAN = 0xDA
_SEQUENTIAL_FRAMES = frozenset({0xC0, 0xC1})
_START_OF_SCAN_MARKER = b"\xff\xda"
_END_OF_IMAGE = 0xD9
_FILL = 0xFF
# Reserved markers are among them: a decoder that looks for a restart marker skips their two bytes.
_WITHOUT_LENGTH = frozenset({*range(0xC0), *range(0xD0, 0xD9)})


def count_scans(data: bytes) -> int:
    """Return the number of scans. The count stops at one more than MAX_SCANS.

    Most files need no count: see `_is_one_scan`. In entropy-coded data, 0xFF is always followed by zero or a restart
    marker. So the SOS marker occurs in the bytes at least as often as there are scans. It occurs more often only if its
    bytes are also in metadata or after the end of the image; then the segments are walked.
    """
    if _is_one_scan(data):
        return 1
    at_most = data.count(_START_OF_SCAN_MARKER)
    return at_most if at_most <= MAX_SCANS else _walk(data)


def _is_one_scan(data: bytes) -> bool:
    """Whether the frame is sequential and its first scan has all components. Decoders then read no other scan.

    False if there is anything but segments with a length before the scan. Such files are rare, and can be counted.
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
