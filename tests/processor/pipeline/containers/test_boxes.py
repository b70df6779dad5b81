"""Boxes of ISO base media files."""

import struct

import pytest

from darkroom_processor.pipeline.containers.boxes import MOST_ENTRIES, Box, BrokenBox, Fields, walk
from tests.support.heif import box


def kinds(data: bytes) -> list[bytes]:
    """Return the types of the boxes in these bytes."""
    return [one.kind for one in walk(data, 0, len(data))]


def test_boxes_have_their_types_and_offsets() -> None:
    data = box(b"free", b"abc") + box(b"mdat")
    assert list(walk(data, 0, len(data))) == [Box(b"free", 0, 8, 11), Box(b"mdat", 11, 19, 19)]


def test_a_size_of_eight_bytes_is_read() -> None:
    data = struct.pack(">I4sQ", 1, b"free", 19) + b"abc" + box(b"mdat")
    assert list(walk(data, 0, len(data))) == [Box(b"free", 0, 16, 19), Box(b"mdat", 19, 27, 27)]


def test_a_box_without_a_size_extends_to_the_end() -> None:
    data = box(b"free") + struct.pack(">I4s", 0, b"mdat") + b"abc"
    assert list(walk(data, 0, len(data)))[-1] == Box(b"mdat", 8, 16, 19)


@pytest.mark.parametrize("size", [2, 7, 13, 2**32 - 1])
def test_a_box_of_an_impossible_size_ends_the_walk(size: int) -> None:
    assert kinds(box(b"free") + struct.pack(">I4s", size, b"mdat") + b"abcd") == [b"free"]


@pytest.mark.parametrize("size", [0, 15, 2**63, 2**64 - 1])
def test_a_box_of_an_impossible_long_size_ends_the_walk(size: int) -> None:
    assert kinds(box(b"free") + struct.pack(">I4sQ", 1, b"mdat", size)) == [b"free"]


def test_too_many_boxes_are_refused() -> None:
    assert len(kinds(box(b"free") * MOST_ENTRIES)) == MOST_ENTRIES
    with pytest.raises(BrokenBox):
        kinds(box(b"free") * (MOST_ENTRIES + 1))


def test_reading_beyond_the_end_of_a_box_raises() -> None:
    data = box(b"free", b"\0\1ab\0cd") + box(b"mdat")
    fields = Fields(data, next(walk(data, 0, len(data))))
    assert (fields.number(2), fields.text(), fields.rest, fields.text(), fields.number(0)) == (1, b"ab", 2, b"cd", 0)
    with pytest.raises(BrokenBox):
        fields.number(1)
