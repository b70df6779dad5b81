"""Copies of AVIFs: coded pictures in new boxes."""

from typing import Any

import pytest
from PIL import Image

from darkroom_processor.pipeline.containers import items
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.passthrough import avif
from darkroom_processor.pipeline.passthrough.box_writer import box
from tests.support import metadata_samples
from tests.support.file_parts import has_only_pixels, parts
from tests.support.shown_frames import shown
from tools.testbed import images

SECRET = b"SECRET"
PHOTO, TRANSPARENT = images.photo(70, 50), images.photo(70, 50, "RGBA")
STILLS = {
    "colour": images.encoded(PHOTO, "AVIF"),
    "4:4:4": images.encoded(PHOTO, "AVIF", quality=90, subsampling="4:4:4"),
    "grey": images.encoded(PHOTO.convert("L"), "AVIF"),
    "alpha": images.encoded(TRANSPARENT, "AVIF"),
    "premultiplied": images.encoded(TRANSPARENT, "AVIF", alpha_premultiplied=True),
    "limited range": images.encoded(PHOTO, "AVIF", range="limited"),
}


def own(data: bytes, kept: KeptMetadata | None = None, *, frames: int = 1) -> bytes:
    made = avif.copy_coded_pixels(data, kept or KeptMetadata(), frames=frames)
    assert made is not None
    return made


@pytest.mark.parametrize("name", STILLS)
def test_a_copied_file_has_the_same_pixels_and_nothing_else(name: str) -> None:
    data = STILLS[name]
    with_more = data + box(b"free", SECRET) + box(b"mdat", SECRET)
    made = own(with_more)
    assert SECRET not in made
    assert len(made) <= len(data)
    assert shown(made) == shown(data)
    assert has_only_pixels(made)


def test_no_metadata_is_copied() -> None:
    data = metadata_samples.with_metadata("AVIF").removesuffix(b"SECRET<?php trailer ?>")
    made = own(data)
    assert SECRET not in made
    assert has_only_pixels(made)
    assert shown(made) == shown(data)


def test_bytes_of_the_media_outside_of_items_are_not_copied() -> None:
    data = STILLS["colour"]
    at = data.index(b"mdat") + 4
    size = int.from_bytes(data[at - 8 : at - 4], "big")
    padded = bytearray(data[: at - 8] + (size + 6).to_bytes(4, "big") + b"mdat" + SECRET + data[at:])
    place = data.index(b"iloc") + 18
    padded[place : place + 4] = (at + 6).to_bytes(4, "big")
    assert shown(bytes(padded)) == shown(data)
    assert own(bytes(padded)) == own(data)


def test_metadata_and_padding_units_are_not_copied() -> None:
    data = STILLS["colour"]
    table = items.read(data)
    assert table is not None
    assert table.primary_item is not None
    [span] = table.primary_item.extents
    units = b"".join(bytes([kind << 3 | 2, len(SECRET)]) + SECRET for kind in (5, 15, 9))
    length = (span.end - span.start + len(units)).to_bytes(4, "big")
    place = data.index(b"iloc") + 22
    stuffed = data[:place] + length + data[place + 4 :] + units
    assert own(stuffed) == own(data)


def test_kept_metadata_is_written_as_items() -> None:
    kept = KeptMetadata(exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0", icc=b"a profile", xmp=b"<x/>")
    made = own(STILLS["alpha"], kept)
    assert shown(made) == shown(STILLS["alpha"])
    info = images.opened(made).info
    assert (info["icc_profile"], info["exif"], info["xmp"]) == (kept.icc, kept.exif[6:], kept.xmp)


@pytest.mark.parametrize("image", [PHOTO, TRANSPARENT], ids=["opaque", "transparent"])
def test_a_copied_animation_keeps_frames_and_durations(image: Image.Image) -> None:
    frames = [image.rotate(180 * turn) for turn in range(3)]
    options: dict[str, Any] = {"append_images": frames[1:], "duration": [30, 50, 70]}
    data = images.encoded(frames[0], "AVIF", save_all=True, **options)
    made = own(data + SECRET, frames=3)
    assert SECRET not in made
    assert has_only_pixels(made)
    assert len(made) <= len(data)
    assert shown(made) == shown(data)
    moving = images.opened(made)
    durations = []
    for number in range(3):
        moving.seek(number)
        moving.load()
        durations.append(moving.info["duration"])
    assert durations == [30, 50, 70]
    assert avif.copy_coded_pixels(data, KeptMetadata(), frames=2) is None


def test_a_file_that_rotates_or_mirrors_is_not_copied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert avif.copy_coded_pixels(images.encoded(PHOTO, "AVIF", exif=exif), KeptMetadata(), frames=1) is None


@pytest.mark.parametrize("size", [(70, 50), (1100, 40), (3, 2)])
@pytest.mark.parametrize(("quality", "lossless"), [(100, True), (99, False), (30, False)])
@pytest.mark.parametrize("options", [{}, {"subsampling": "4:4:4", "tile_cols": 1, "autotiling": False}])
def test_lossless_coding_is_detected(
    size: tuple[int, int], quality: int, lossless: object, options: dict[str, Any]
) -> None:
    data = images.encoded(images.photo(*size), "AVIF", quality=quality, speed=9, **options)
    assert avif.is_lossless(data) == lossless


def test_the_first_frame_decides_whether_an_animation_is_lossless() -> None:
    for quality in (100, 60):
        data = images.encoded(PHOTO, "AVIF", save_all=True, append_images=[PHOTO.rotate(180)], quality=quality)
        assert avif.is_lossless(data) == (quality == 100)


@pytest.mark.parametrize("length", range(0, len(STILLS["alpha"]), 40))
def test_a_truncated_file_is_not_copied(length: int) -> None:
    assert avif.copy_coded_pixels(STILLS["alpha"][:length], KeptMetadata(), frames=1) is None
    assert avif.is_lossless(STILLS["alpha"][:length]) in {True, False}


def test_a_copied_file_has_only_the_boxes_of_an_image() -> None:
    assert "avif free" not in {name for name, _ in parts(own(STILLS["alpha"]))}
