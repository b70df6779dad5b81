"""Copies of GIFs: frames with their codes up to the last pixel."""

import struct

import pytest
from PIL import Image

from darkroom_processor.pipeline.passthrough import gif
from tests.support.file_parts import has_only_pixels
from tests.support.shown_frames import shown
from tools.testbed import images

SECRET = b"SECRET"
NOISE = Image.effect_noise((150, 90), 90)


def own(data: bytes, *, frames: int = 1) -> bytes:
    made = gif.copy_coded_pixels(data, frames=frames)
    assert made is not None
    return made


@pytest.mark.parametrize("colors", [2, 3, 16, 256])
@pytest.mark.parametrize("interlace", [0, 1])
def test_a_copied_image_has_the_same_pixels(colors: int, interlace: int) -> None:
    data = images.encoded(NOISE.convert("RGB").quantize(colors), "GIF", interlace=interlace)
    made = own(data)
    assert shown(made) == shown(data)
    assert len(made) <= len(data)
    assert has_only_pixels(made)


def test_a_copied_animation_keeps_frames_delays_and_repetitions() -> None:
    data = images.animation(60, 20, 4, "GIF", loop=5, comment=SECRET, optimize=True)
    made = own(data, frames=4)
    assert SECRET not in made
    assert shown(made) == shown(data)
    assert images.opened(made).info["loop"] == 5
    assert images.opened(made).info["duration"] == 40


def test_repetitions_under_the_name_animexts_are_kept() -> None:
    data = images.animation(60, 20, 4, "GIF", loop=5).replace(b"NETSCAPE2.0", b"ANIMEXTS1.0")
    made = own(data, frames=4)
    assert shown(made) == shown(data)
    assert images.opened(made).info["loop"] == 5


def test_skipped_bytes_before_the_first_frame_are_not_copied() -> None:
    data = images.encoded(NOISE.convert("L"), "GIF")
    at = data.index(b",\0\0\0\0")
    made = own(data[:at] + b"\0" + data[at:])
    assert made == own(data)
    assert shown(made) == shown(data)


def blocks(codes: bytes) -> bytes:
    parts = (codes[at : at + 255] for at in range(0, len(codes), 255))
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def tiny(codes: bytes) -> bytes:
    """Return an image of 2 × 2 pixels and two colours."""
    palette = b"\0\0\0\xff\xff\xff" + SECRET
    head = b"GIF89a" + struct.pack("<HHBBB", 2, 2, 0x81, 0, 0) + palette
    return head + struct.pack("<cHHHHBB", b",", 0, 0, 2, 2, 0, 2) + blocks(codes) + b";"


@pytest.mark.parametrize(
    ("codes", "behind"), [("4 0 1 1 0 5", b""), ("4 0 1 1 0 5", SECRET), ("4 0 1 1 0", SECRET), ("4 0 1 1 0", b"")]
)
def test_codes_end_after_the_last_pixel(codes: str, behind: bytes) -> None:
    # Codes get one bit wider at the fifth code, when the table has eight entries.
    places = (0, 3, 6, 9, 12, 16)
    bits = sum(int(code) << place for code, place in zip(codes.split(), places, strict=False))
    made = own(tiny(bits.to_bytes(3, "little") + behind))
    assert SECRET not in made
    assert images.opened(made).convert("L").tobytes() == bytes([0, 255, 255, 0])
    assert made.endswith(b"\3" + (bits | 5 << 16).to_bytes(3, "little") + b"\0;")


def test_broken_codes_are_not_copied() -> None:
    assert gif.copy_coded_pixels(tiny(b"\xfc\xff\xff"), frames=1) is None
    assert gif.copy_coded_pixels(tiny(b"\4"), frames=1) is None


def test_a_text_in_unused_colours_is_removed() -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette(bytes(6) + SECRET * 3)
    data = images.encoded(image, "GIF", optimize=False)
    made = own(data)
    assert SECRET in data
    assert SECRET not in made
    assert shown(made) == shown(data)


def test_a_file_without_trailer_keeps_its_complete_frames() -> None:
    data = images.animation(60, 20, 4, "GIF")
    assert shown(own(data[:-1], frames=4)) == shown(data)
    assert gif.copy_coded_pixels(data[:-9], frames=4) is None
