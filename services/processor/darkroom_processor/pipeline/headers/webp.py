"""Reads the canvas size and the number of frames of a WebP (RFC 9649, sections 2.5 to 2.7)."""

from itertools import islice

from darkroom.limits import MOST_FRAMES_COUNTED
from darkroom_processor.pipeline.containers.webp import IMAGES, size_of, walk

_LOSSY_START_CODE = b"\x9d\x01\x2a"


def read_canvas(data: bytes) -> tuple[int, int, int]:
    """Return width, height and number of frames. The size is (0, 0) if the file does not contain it.

    The size must be known first, because the decoder allocates two canvases when it is created.
    """
    first = next(walk(data), None)
    if first is None:
        return 0, 0, 1
    if first.kind == b"VP8X":
        width = 1 + int.from_bytes(first.body[4:7], "little")
        height = 1 + int.from_bytes(first.body[7:10], "little")
        return width, height, _count_frames(data)
    if first.kind in IMAGES and (first.kind == b"VP8L" or first.body[3:6] == _LOSSY_START_CODE):
        return *size_of(first), 1
    return 0, 0, 1


def _count_frames(data: bytes) -> int:
    frames = (chunk for chunk in walk(data) if chunk.kind == b"ANMF")
    return max(sum(1 for _ in islice(frames, MOST_FRAMES_COUNTED)), 1)
