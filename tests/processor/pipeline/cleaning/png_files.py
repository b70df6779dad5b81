"""Small PNGs, and PNGs with one more chunk."""

from darkroom_processor.pipeline.containers.png import MAGIC, walk
from tests.support.bombs import chunk
from tools.testbed import images

PHOTO = images.photo(24, 16)
DATA = images.encoded(PHOTO, "PNG")
GREY = images.encoded(PHOTO.convert("L"), "PNG")
INDEXED = images.encoded(PHOTO.quantize(16), "PNG")
PLACES = ["first", "before", "between", "behind"]


def bad_checksum(kind: bytes, body: bytes) -> bytes:
    """Return a chunk whose checksum is wrong."""
    return chunk(kind, body)[:-4] + b"\1\2\3\4"


def with_chunk(data: bytes, extra: bytes, place: str) -> bytes:
    """Return the file with one more chunk: after the header, or before, between or after its image data."""
    header, *others, end = [bytes(one.file[one.start : one.end]) for one in walk(data)]
    pixels = b"".join(bytes(one.body) for one in walk(data) if one.kind == b"IDAT")
    before = [one for one in others if one[4:8] != b"IDAT"]
    halves = [chunk(b"IDAT", pixels[:50]), chunk(b"IDAT", pixels[50:])]
    parts = {
        "first": [header, extra, *before, *halves, end],
        "before": [header, *before, extra, *halves, end],
        "between": [header, *before, halves[0], extra, halves[1], end],
        "behind": [header, *before, *halves, extra, end],
    }
    return MAGIC + b"".join(parts[place])
