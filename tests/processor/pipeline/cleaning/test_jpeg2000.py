"""JPEG 2000 files without an end marker."""

import struct
from typing import Any

import pytest

from darkroom.errors import TruncatedImage
from darkroom_processor.pipeline.cleaning.jpeg2000 import clean
from tests.processor.pipeline.running import image
from tools.testbed import images

WAYS: dict[str, dict[str, Any]] = {
    "boxed": {},
    "bare": {"no_jp2": True},
    "in tiles": {"tile_size": (16, 16)},
    "bare, in tiles": {"tile_size": (16, 16), "no_jp2": True},
    "with loss": {"irreversible": True, "quality_layers": [20, 10]},
}


def made(way: str) -> bytes:
    """Return a file of 48 × 32 pixels."""
    return images.encoded(images.photo(48, 32), "JPEG2000", **WAYS[way])


@pytest.mark.parametrize("way", WAYS)
def test_a_file_without_its_end_marker_is_complete(way: str) -> None:
    data = made(way)
    assert clean(data).data is data
    for end in (b"", b"\xff"):
        assert image(data[:-2] + end, []).tobytes() == image(data, []).tobytes()


def test_a_box_that_ends_before_the_end_marker_is_complete() -> None:
    data = made("boxed")
    at = data.index(b"jp2c") - 4
    (length,) = struct.unpack_from(">I", data, at)
    shorter = data[:at] + struct.pack(">I", length - 2) + data[at + 4 : -2]
    assert image(shorter, []).tobytes() == image(data, []).tobytes()
    behind = shorter + struct.pack(">I4s", 12, b"xml ") + b"<a/>"
    assert image(behind, []).tobytes() == image(data, []).tobytes()


@pytest.mark.parametrize("way", WAYS)
def test_a_truncated_file_is_refused(way: str) -> None:
    data = made(way)
    begin = data.index(b"\xff\x4f\xff\x51")
    for length in [*range(len(data) - 3, len(data) - 30, -1), *range(begin + 12, len(data) - 30, 97)]:
        with pytest.raises(TruncatedImage):
            image(data[:length], [])


@pytest.mark.parametrize("way", ["in tiles", "bare, in tiles"])
def test_a_file_without_some_tiles_is_refused_as_truncated(way: str) -> None:
    data = made(way)
    for part in range(1, 6):
        at = -1
        for _ in range(part + 1):
            at = data.index(b"\xff\x90\0\x0a", at + 1)
        with pytest.raises(TruncatedImage):
            image(data[:at], [])
