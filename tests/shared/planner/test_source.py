"""What is known of a source."""

from darkroom.formats import ImageFormat
from darkroom.limits import MAX_PIXELS
from darkroom.planner.image_spec import Alpha
from darkroom.planner.source import Source
from tests.upload.examples import DESCRIPTION


def test_a_described_source_has_the_size_that_is_seen() -> None:
    known = Source.described(DESCRIPTION.model_copy(update={"has_alpha": True, "frames": 3}), size=1000)
    assert known == Source(format=ImageFormat.JPEG, size=(640, 480), alpha=Alpha.PERHAPS, frames=3, bytes=1000)
    assert known.pixels == 640 * 480


def test_an_unknown_source_is_taken_for_a_photo_as_large_as_its_bytes_allow() -> None:
    assert Source.guessed(size=1_000_000, content_type=None).size == (2000, 2000)
    assert Source.guessed(size=100_000_000, content_type=None).pixels <= MAX_PIXELS
    assert Source.guessed(size=0, content_type=None).pixels == 1


def test_its_type_is_believed_if_it_is_one_that_is_read() -> None:
    expected = {"image/png": ImageFormat.PNG, "image/jpg": ImageFormat.JPEG, "text/html": ImageFormat.JPEG}
    assert {told: Source.guessed(size=1, content_type=told).format for told in expected} == expected
