"""libwebp composes the frames of WebP. These tests compare it to the specification (RFC 9649, section 2.7.1)."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from darkroom_processor.pipeline.decoding.animation_frames import decode_frames
from darkroom_processor.pipeline.decoding.decode import decode
from darkroom_processor.pipeline.decoding.needs import Needs
from darkroom_processor.pipeline.opening.open_image import open_image
from tests.support import compositor
from tests.support.compositor import Part
from tools.testbed import images

_LEVELS = np.array([0, 0, 1, 60, 127, 128, 200, 254, 255, 255], dtype=np.uint8)


@st.composite
def drawn(draw: st.DrawFn) -> tuple[tuple[int, int], list[Part]]:
    """Draw the size of a canvas, and frames anywhere on it. Frames must begin at even coordinates."""
    size = draw(st.integers(2, 12)), draw(st.integers(2, 9))
    return size, [_part(draw, size) for _ in range(draw(st.integers(2, 5)))]


def _part(draw: st.DrawFn, size: tuple[int, int]) -> Part:
    left, top = (2 * draw(st.integers(0, (side - 1) // 2)) for side in size)
    width, height = draw(st.integers(1, size[0] - left)), draw(st.integers(1, size[1] - top))
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    return Part(
        pixels=chance.choice(_LEVELS, (height, width, 4)).astype(np.int64),
        left=left,
        top=top,
        over=draw(st.booleans()),
        disposal=draw(st.sampled_from(["keep", "clear"])),
        milliseconds=draw(st.integers(1, 5000)),
    )


def written(size: tuple[int, int], parts: list[Part]) -> bytes:
    """Return the file, with lossless frames."""
    body = _chunk(b"VP8X", bytes([0x12, 0, 0, 0]) + _three(size[0] - 1) + _three(size[1] - 1))
    body += _chunk(b"ANIM", bytes(6)) + b"".join(map(_frame, parts))
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WEBP" + body


def _frame(part: Part) -> bytes:
    height, width = part.pixels.shape[:2]
    single = images.encoded(
        Image.fromarray(part.pixels.astype(np.uint8), "RGBA"), "WEBP", lossless=True, exact=True, method=0
    )
    numbers = (part.left // 2, part.top // 2, width - 1, height - 1, int(part.milliseconds))
    flags = bytes([(not part.over) << 1 | (part.disposal == "clear")])
    return _chunk(b"ANMF", b"".join(map(_three, numbers)) + flags + single[12:])


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "little") + body + bytes(len(body) & 1)


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")


@given(drawn=drawn())
def test_every_frame_is_composed_as_specified(drawn: tuple[tuple[int, int], list[Part]]) -> None:
    size, parts = drawn
    source = open_image(written(size, parts))
    first = decode(source, Needs(scale=lambda _: 1.0, all_frames=True))
    made = list(decode_frames(source, first, in_embedded_space=False))
    assert [frame.duration for frame in made] == [part.milliseconds for part in parts]
    for frame, expected in zip(made, compositor.shown(size, parts), strict=True):
        shown = compositor.levels(frame.raster.straight)
        assert np.abs(shown[..., 3] - expected[..., 3]).max() <= 2
        # libwebp's arithmetic is less exact for the colours of nearly transparent pixels.
        seen, right = (np.rint(levels[..., :3] * levels[..., 3:] / 255) for levels in (shown, expected))
        assert np.abs(seen - right).max() <= 4
