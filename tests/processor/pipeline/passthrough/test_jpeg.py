"""Copies of JPEGs: what a decoder needs, without metadata."""

from typing import Any

import pytest
from PIL import Image

from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.passthrough import jpeg
from tests.support import metadata_samples
from tests.support.file_parts import has_only_pixels
from tests.support.shown_frames import shown
from tools.testbed import images

SECRET = b"SECRET"
KINDS: dict[str, dict[str, Any]] = {
    "sequential": {},
    "progressive": {"progressive": True},
    "with restarts": {"restart_marker_blocks": 2},
    "of 4:2:2": {"subsampling": 1, "optimize": True},
    "of RGB": {"keep_rgb": True},
}


def own(data: bytes, kept: KeptMetadata | None = None) -> bytes:
    made = jpeg.copy_coded_pixels(data, kept or KeptMetadata())
    assert made is not None
    return made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_copied_file_has_the_same_pixels_and_nothing_else(kind: str, mode: str) -> None:
    data = images.encoded(images.photo(70, 50, mode), "JPEG", comment=SECRET, dpi=(72, 72), **KINDS[kind])
    made = own(data + SECRET)
    assert SECRET not in made
    assert len(made) < len(data)
    assert shown(made) == shown(data)
    assert has_only_pixels(made)


def test_no_metadata_is_copied() -> None:
    data = metadata_samples.with_metadata("JPEG")
    made = own(data)
    assert SECRET not in made
    assert has_only_pixels(made)
    assert shown(made) == shown(data)


def test_only_the_first_of_several_images_is_copied() -> None:
    frames = [images.photo(40, 30), Image.new("RGB", (40, 30), "red")]
    data = images.encoded(frames[0], "MPO", save_all=True, append_images=frames[1:])
    made = own(data)
    assert has_only_pixels(made)
    assert len(made) < len(data) - 500
    assert shown(made) == shown(data)[:1]


@pytest.mark.parametrize("behind", [b"", b"\xff\xd9"])
def test_a_copied_file_always_has_an_end_marker(behind: bytes) -> None:
    data = images.encoded(images.photo(40, 30), "JPEG")
    assert own(data[:-2] + behind) == data


def test_bytes_between_segments_are_not_copied() -> None:
    data = images.encoded(images.photo(40, 30), "JPEG")
    at = data.index(b"\xff\xc0")
    assert own(data[:at] + SECRET + data[at:]) == data


@pytest.mark.parametrize("marker", [0xDC, 0xDE, 0xF0, 0x02])
def test_a_file_with_segments_that_decoders_disagree_on_is_not_copied(marker: int) -> None:
    data = images.encoded(images.photo(40, 30), "JPEG")
    assert jpeg.copy_coded_pixels(data[:2] + bytes([0xFF, marker, 0, 4, 0, 0]) + data[2:], KeptMetadata()) is None


def test_a_long_profile_is_split_into_several_segments() -> None:
    data = images.encoded(images.photo(40, 30), "JPEG")
    kept = KeptMetadata(icc=bytes(range(256)) * 600, xmp=b"<x/>")
    opened = images.opened(own(data, kept))
    assert (opened.info["icc_profile"], opened.info["xmp"]) == (kept.icc, kept.xmp)
