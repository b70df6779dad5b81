"""WebP: the canvas and the number of frames (RFC 9649, sections 2.5 to 2.7)."""

from darkroom.limits import MOST_FRAMES_COUNTED

_FIRST_CHUNK = 12
_LOSSY_START_CODE = b"\x9d\x01\x2a"


def read_canvas(data: bytes) -> tuple[int, int, int]:
    """Width, height and frames; zeros for a size that cannot be told.

    The size must be known beforehand because the decoder allocates two canvases as soon as it is created.
    """
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X":
        width = 1 + int.from_bytes(body[4:7], "little")
        height = 1 + int.from_bytes(body[7:10], "little")
        return width, height, _count_frames(data)
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF), 1
    if kind == b"VP8 " and body[3:6] == _LOSSY_START_CODE:
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF, 1
    return 0, 0, 1


def _count_frames(data: bytes) -> int:
    frames = 0
    at = _FIRST_CHUNK
    while at + 8 <= len(data) and frames < MOST_FRAMES_COUNTED:
        frames += data[at : at + 4] == b"ANMF"
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        at += 8 + size + (size & 1)
    return max(frames, 1)
