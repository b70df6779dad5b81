"""The source of a plan: described, or guessed."""

from darkroom.formats import ImageFormat
from darkroom.limits import MAX_PIXELS
from darkroom.planner.image_spec import Alpha
from darkroom.planner.source import Source
from tests.upload.examples import DESCRIPTION


def test_a_described_source_has_the_size_after_its_orientation() -> None:
    known = Source.described(DESCRIPTION.model_copy(update={"has_alpha": True, "frames": 3}), size=1000)
    assert known == Source(format=ImageFormat.JPEG, size=(640, 480), alpha=Alpha.PERHAPS, frames=3, bytes=1000)
    assert known.pixels == 640 * 480


def test_the_guess_for_an_unknown_source_is_a_large_photo() -> None:
    assert Source.guessed(size=1_000_000, content_type=None).size == (2000, 2000)
    assert Source.guessed(size=100_000_000, content_type=None).pixels <= MAX_PIXELS
    assert Source.guessed(size=0, content_type=None).pixels == 1


def test_the_guess_uses_a_supported_media_type() -> None:
    expected = {"image/png": ImageFormat.PNG, "image/jpg": ImageFormat.JPEG, "text/html": ImageFormat.JPEG}
    assert {told: Source.guessed(size=1, content_type=told).format for told in expected} == expected
