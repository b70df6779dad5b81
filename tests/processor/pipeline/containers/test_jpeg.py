"""Walking the segments of a JPEG, and rewriting it without some of them."""

import pytest

from darkroom_processor.pipeline.containers import jpeg
from tests.support.file_parts import parts
from tools.testbed import images

PHOTO = images.encoded(images.photo(64, 48), "JPEG", comment=b"\xff\xd9 \xff\xda", exif=b"Exif\0\0none")
PROGRESSIVE = images.encoded(images.photo(64, 48), "JPEG", progressive=True, restart_marker_blocks=2)


def markers(data: bytes) -> list[int]:
    """Return the markers of all segments."""
    return [one.marker for one in jpeg.walk(data)]


@pytest.mark.parametrize("data", [PHOTO, PROGRESSIVE])
def test_walk_yields_all_segments_and_none_after_the_end(data: bytes) -> None:
    stated = [int(name.removeprefix("jpeg "), 16) for name, _ in parts(data)]
    assert markers(data + PHOTO) == [*stated, jpeg.EOI]
    assert [bytes(one.body) for one in jpeg.walk(data)][:-1] == [body for _, body in parts(data)]


@pytest.mark.parametrize("extra", [b"\xff\xff\xff", b"noise", b"\xff\0", b"\xff\x01", b"\xff\xd3", b"\xff\xd8"])
def test_bytes_between_segments_are_skipped(extra: bytes) -> None:
    assert markers(PHOTO[:2] + extra + PHOTO[2:]) == markers(PHOTO)


@pytest.mark.parametrize("length", [0, 1])
def test_a_length_below_two_is_read_as_two(length: int) -> None:
    data = PHOTO[:2] + bytes((0xFF, 0xE5, 0, length)) + PHOTO[2:]
    assert markers(data) == [0xE5, *markers(PHOTO)]
    assert jpeg.rewrite(data, lambda one: one.marker != 0xE5) == PHOTO


def test_rewrite_removes_segments_and_copies_the_rest_byte_by_byte() -> None:
    extra = jpeg.segment(0xE5, b"extra")
    data = PHOTO[:2] + extra + PHOTO[2:] + b"behind the end"
    assert jpeg.rewrite(data, lambda one: one.marker != 0xE5) == PHOTO
    bare = jpeg.rewrite(data, lambda _: False)
    assert {"jpeg e5", "jpeg e0", "jpeg e1", "jpeg fe"}.isdisjoint(name for name, _ in parts(bare))
    assert images.opened(bare).tobytes() == images.opened(data).tobytes()


def test_rewrite_removes_segments_between_scans() -> None:
    at = PROGRESSIVE.rindex(b"\xff\xc4")
    data = PROGRESSIVE[:at] + jpeg.segment(jpeg.COM, b"between") + PROGRESSIVE[at:]
    assert jpeg.rewrite(data, lambda one: one.marker != jpeg.COM) == PROGRESSIVE


def test_rewrite_returns_the_same_object_if_nothing_changes() -> None:
    assert jpeg.rewrite(PHOTO, lambda _: True) is PHOTO


def test_rewrite_adds_a_missing_end_marker() -> None:
    assert jpeg.rewrite(PHOTO[:-2], lambda _: True) == PHOTO
    assert jpeg.rewrite(PROGRESSIVE[:-2], lambda _: True) == PROGRESSIVE


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xe1\xff\xff", b"\xff" * 50]
)
def test_broken_data_ends_the_walk(data: bytes) -> None:
    assert len(markers(data)) <= 1
    assert jpeg.rewrite(data, lambda _: False).endswith(jpeg.END_OF_IMAGE)
