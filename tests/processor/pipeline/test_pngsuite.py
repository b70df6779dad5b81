"""Every valid file of PngSuite, pixel by pixel, against a separate decoder that follows the specification."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from darkroom_processor.pipeline import EncodedVariant, Instructions, process
from tests.processor.pipeline.running import image, variant
from tests.support import bombs, png_reference, profiles
from tests.support.corpus import corpus_params
from tools.testbed import images

pytestmark = pytest.mark.slow


def check(data: bytes) -> None:
    result = np.asarray(image(data, []).convert("RGBA"), dtype=int)
    expected = png_reference.rgba(data, upper_bytes=True)
    seen = expected[..., 3:] > 0
    # The separate decoder rounds 16 bits to 8; Pillow drops the lower byte. That makes one level.
    assert np.abs(result[..., 3] - expected[..., 3]).max() <= 1
    assert (np.abs(result[..., :3] - expected[..., :3]) * seen).max() <= 1


@pytest.mark.parametrize("path", corpus_params("formats/pngsuite/*.png"))
def test_pngsuite_is_decoded_as_specified(path: Path) -> None:
    check(path.read_bytes())


@pytest.mark.parametrize(("mode", "level"), [("1", 0), ("1", 1), ("L", 77), ("I;16", 4000), ("I;16", 65535)])
def test_a_transparent_level_is_in_the_bit_depth_of_the_file(mode: str, level: int) -> None:
    picture = Image.new(mode, (6, 4), level)
    picture.paste(1 - level if mode == "1" else 9, (0, 0, 3, 4))
    check(images.encoded(picture, "PNG", transparency=level))


def deep(named: tuple[int, int, int], other: tuple[int, ...], *, frames: int = 1) -> bytes:
    """Return a PNG of 16 bits a channel: the left half in its transparent colour, the right half in another.

    It has a profile. All frames of an animation look the same.
    """
    row = b"\0" + struct.pack(">3H", *named) * 3 + struct.pack(">3H", *other) * 3
    packed, number = zlib.compress(row * 4), iter(range(2 * frames))
    control = struct.pack(">IIIIHHBB", 6, 4, 0, 0, 40, 1000, 0, 0)
    chunks = [
        bombs.chunk(b"IHDR", struct.pack(">IIBBBBB", 6, 4, 16, 2, 0, 0, 0)),
        bombs.chunk(b"iCCP", b"icc\0\0" + zlib.compress(profiles.rgb_profile())),
        bombs.chunk(b"tRNS", struct.pack(">3H", *named)),
        bombs.chunk(b"acTL", struct.pack(">II", frames, 0)) if frames > 1 else b"",
    ]
    for frame in range(frames):
        if frames > 1:
            chunks.append(bombs.chunk(b"fcTL", struct.pack(">I", next(number)) + control))
        chunks.append(
            bombs.chunk(b"fdAT", struct.pack(">I", next(number)) + packed) if frame else bombs.chunk(b"IDAT", packed)
        )
    return b"".join([bombs.PNG_MAGIC, *chunks, bombs.chunk(b"IEND", b"")])


COLORS = [(40_000, 20_000, 60_000), (200, 90, 7), (200, 90, 256), (255, 255, 255)]


@pytest.mark.parametrize("named", COLORS)
def test_a_transparent_colour_is_in_the_bit_depth_of_the_file(named: tuple[int, int, int]) -> None:
    # The 8-bit levels of the transparent colour, and a third colour.
    for other in (tuple(level * 257 & 0xFFFF for level in named), (20_000, 20_000, 30_000)):
        alpha = image(deep(named, other), []).convert("RGBA").getchannel("A")
        assert (alpha.getpixel((0, 0)), alpha.getpixel((5, 0))) == (0, 255)


@pytest.mark.parametrize("named", COLORS)
def test_frames_have_the_same_transparent_colour_in_each_colour_space(
    named: tuple[int, int, int],
) -> None:
    output = {"format": "webp", "lossless": True, "frames": "all"}
    variants = tuple(variant([], {**output, "keep_metadata": keep}, keep) for keep in ("icc", "none"))
    data = deep(named, (20_000, 20_000, 30_000), frames=3)
    for outcome in process(data, Instructions(variants=variants, describe=False)).outcomes:
        assert isinstance(outcome, EncodedVariant)
        for frame in ImageSequence.Iterator(images.opened(outcome.data)):
            alpha = frame.convert("RGBA").getchannel("A")
            assert (alpha.getpixel((0, 0)), alpha.getpixel((5, 0))) == (0, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_generated_files_are_decoded_as_specified(mode: str) -> None:
    check(images.encoded(images.photo(37, 23, "RGBA").convert("L" if mode == "I;16" else mode).convert(mode), "PNG"))
