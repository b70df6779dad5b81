"""Copies of WebP files: the chunks that the pixels need, and no others."""

from typing import Any

import pytest
from PIL import Image

from darkroom_processor.pipeline.containers.webp import IMAGES, chunk, file_of
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.passthrough import webp
from tests.support import metadata_samples
from tests.support.file_parts import has_only_pixels, parts
from tests.support.shown_frames import shown
from tools.testbed import images

SECRET = b"SECRET"
PHOTO, TRANSPARENT = images.photo(41, 30), images.photo(41, 30, "RGBA")
STILLS = {
    "lossy": images.encoded(PHOTO, "WEBP"),
    "lossless": images.encoded(PHOTO, "WEBP", lossless=True),
    "lossy with alpha": images.encoded(TRANSPARENT, "WEBP"),
    "lossless with alpha": images.encoded(TRANSPARENT, "WEBP", lossless=True),
}


def own(data: bytes, kept: KeptMetadata | None = None, *, frames: int = 1) -> bytes:
    made = webp.copy_coded_pixels(data, kept or KeptMetadata(), frames=frames)
    assert made is not None
    return made


@pytest.mark.parametrize("name", STILLS)
def test_a_copied_file_has_the_same_pixels_and_nothing_else(name: str) -> None:
    data = STILLS[name]
    unknown = chunk(b"PRIV", SECRET)
    with_more = file_of([data[12:], unknown]) + SECRET
    made = own(with_more)
    assert made == data
    assert shown(made) == shown(with_more)
    assert has_only_pixels(made)


@pytest.mark.parametrize("name", STILLS)
def test_kept_metadata_is_announced(name: str) -> None:
    kept = KeptMetadata(exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0", icc=b"a profile", xmp=b"<x/>")
    made = own(STILLS[name], kept)
    assert shown(made) == shown(STILLS[name])
    info = images.opened(made).info
    assert (info["icc_profile"], info["exif"], info["xmp"]) == (kept.icc, kept.exif[6:], kept.xmp)


@pytest.mark.parametrize("lossless", [True, False])
def test_a_copied_animation_keeps_frames_and_durations(lossless: object) -> None:
    frames = [TRANSPARENT.rotate(90 * turn) for turn in range(3)]
    options = {"save_all": True, "append_images": frames[1:], "duration": [30, 40, 50], "loop": 4}
    data = images.encoded(frames[0], "WEBP", lossless=bool(lossless), **options)
    hidden = _with_unknown_chunks(data)
    assert SECRET in hidden
    made = own(hidden, frames=3)
    assert made == data
    assert webp.is_lossless(hidden) == lossless


def _with_unknown_chunks(data: bytes) -> bytes:
    """Return the file with an unknown chunk in each frame."""
    rewritten = []
    for name, body in parts(data):
        kind = name.removeprefix("webp ").encode().ljust(4)
        if kind in {b"VP8X", b"ANIM", b"ANMF"}:
            rewritten.append(chunk(kind, body + chunk(b"PRIV", SECRET) if kind == b"ANMF" else body))
    return file_of(rewritten)


def test_no_metadata_is_copied() -> None:
    data = metadata_samples.with_metadata("WEBP")
    made = own(data, frames=2)
    assert SECRET not in made
    assert has_only_pixels(made)
    assert shown(made) == shown(data)


@pytest.mark.parametrize("name", STILLS)
def test_bytes_after_the_coded_pixels_are_not_copied(name: str) -> None:
    data = STILLS[name]
    longer = file_of(
        chunk(kind, body + SECRET * 4 if kind in IMAGES else body)
        for kind, body in ((part.removeprefix("webp ").encode().ljust(4), body) for part, body in parts(data))
    )
    assert shown(longer) == shown(data)
    assert webp.copy_coded_pixels(longer, KeptMetadata(), frames=1) is None


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (16, 16), (17, 40), (90, 61)])
@pytest.mark.parametrize("options", [{"quality": 1}, {"quality": 90, "method": 0}, {"lossless": True}])
def test_valid_files_of_any_size_are_copied(size: tuple[int, int], options: dict[str, Any]) -> None:
    for image in (images.photo(*size), Image.new("RGB", size, "teal"), images.photo(*size, "RGBA")):
        data = images.encoded(image, "WEBP", **options)
        assert shown(own(data)) == shown(data)


def test_alpha_that_no_reader_shows_is_not_copied() -> None:
    data = bytearray(STILLS["lossy with alpha"])
    data[20] &= ~0x10
    made = own(bytes(data))
    assert [name for name, _ in parts(made)] == ["webp VP8"]
    assert shown(made) == shown(bytes(data))


def test_a_first_frame_is_copied_alone_only_if_it_fills_the_canvas() -> None:
    data = images.animation(40, 20, 3, "WEBP", lossless=True)
    assert shown(own(data)) == shown(data)[:1]
    moved = bytearray(data)
    moved[data.index(b"ANMF") + 8] = 1
    assert webp.copy_coded_pixels(bytes(moved), KeptMetadata(), frames=1) is None


@pytest.mark.parametrize("length", [12, 20, 40, 200])
def test_a_truncated_file_is_not_copied(length: int) -> None:
    assert webp.copy_coded_pixels(STILLS["lossy"][:length], KeptMetadata(), frames=1) is None
