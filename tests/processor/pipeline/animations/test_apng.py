"""APNGs: every frame is composed as specified, and a fault in the animation never loses the still picture."""

import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, process
from darkroom_processor.pipeline.animations import apng as product
from tests.processor.pipeline.animations.composed import composed
from tests.processor.pipeline.running import description, image, variant
from tests.support import apng, compositor, png_reference
from tests.support.apng import Frame, Layout
from tests.support.bombs import PNG_MAGIC, chunk
from tools.testbed import images

SIZE = (16, 16)
RGBA = Layout(kind="rgba")
RED, GREEN, BLUE = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255)
STILL, MOVING = variant([], name="still"), variant([], {"format": "png", "frames": "all"}, "moving")


def plain(color: tuple[int, int, int, int], size: tuple[int, int] = SIZE, **said: Any) -> Frame:
    """Return a frame of one colour."""
    return Frame(rows=(b"\0" + bytes(color) * size[0]) * size[1], size=size, **said)


def colors(data: bytes, place: tuple[int, int] = (8, 8)) -> list[tuple[int, ...]]:
    """Return the pixel at a place after each frame."""
    return [tuple(frame[place[1], place[0]].tolist()) for frame in composed(product.read(data))]


def both(data: bytes) -> tuple[EncodedVariant | FailedVariant, EncodedVariant | FailedVariant]:
    """Process a file into a still picture and an animation."""
    still, moving = process(data, Instructions(variants=(STILL, MOVING), describe=True)).outcomes
    return still, moving


@given(data=apng.drawn())
def test_every_frame_is_composed_as_specified(data: bytes) -> None:
    size, parts = apng.parts(data)
    animation = product.read(data)
    assert animation is not None
    assert animation.size == size
    assert [frame.milliseconds for frame in animation.frames] == [part.milliseconds for part in parts]
    for made, expected in zip(composed(animation), compositor.shown(size, parts), strict=True):
        assert (made[..., 3] == expected[..., 3]).all()
        assert compositor.largest_difference(made, expected) <= 1


def test_a_translucent_colour_over_an_opaque_one_is_opaque() -> None:
    data = apng.written(SIZE, RGBA, [plain(BLUE), plain((0, 255, 0, 127), over=1)])
    assert colors(data) == [BLUE, (0, 127, 128, 255)]


def test_disposal_to_previous_restores_the_canvas() -> None:
    frames = [plain(GREEN), plain(RED, (8, 8), place=(4, 4), disposal=2, over=1), plain((0, 0, 0, 0), (2, 2), over=1)]
    assert colors(apng.written(SIZE, RGBA, frames)) == [GREEN, RED, GREEN]


@pytest.mark.parametrize("disposal", [1, 2])
def test_disposal_of_the_first_frame_clears_the_canvas(disposal: int) -> None:
    frames = [plain(RED, disposal=disposal), plain(GREEN, (4, 4), over=1)]
    assert colors(apng.written(SIZE, RGBA, frames)) == [RED, (0, 0, 0, 0)]


def test_only_the_rectangle_of_a_frame_is_cleared() -> None:
    frames = [plain(BLUE), plain(RED, (4, 4), place=(6, 6), disposal=1), plain(GREEN, (1, 1))]
    data = apng.written(SIZE, RGBA, frames)
    assert colors(data) == [BLUE, RED, (0, 0, 0, 0)]
    assert colors(data, (12, 12)) == [BLUE, BLUE, BLUE]


@pytest.mark.parametrize("number", [1, 2])
def test_a_still_picture_outside_the_animation_is_not_a_frame(number: int) -> None:
    data = apng.written(SIZE, RGBA, [plain(RED), plain(GREEN)][:number], hidden=plain(BLUE))
    assert colors(data) == [RED, GREEN][:number]
    assert image(data, []).convert("RGBA").getpixel((8, 8)) == BLUE
    assert description(data).frames == number
    _, moving = both(data)
    assert isinstance(moving, EncodedVariant)
    assert tuple(png_reference.rgba(moving.data)[8, 8]) == RED


def test_the_still_picture_can_be_the_first_frame() -> None:
    data = apng.written(SIZE, RGBA, [plain(RED), plain(GREEN)])
    assert image(data, []).convert("RGBA").getpixel((8, 8)) == RED
    assert description(data).frames == 2


def altered(data: bytes, kind: bytes, number: int, at: int, value: int) -> bytes:
    """Return the file with a changed byte in one of its chunks, and the right checksum."""
    made, count = [PNG_MAGIC], 0
    for name, body in png_reference.chunks(data):
        changed = bytearray(body)
        if name == kind:
            if count == number:
                changed[at] = value
            count += 1
        made.append(chunk(name, bytes(changed)))
    return b"".join(made)


THREE = apng.written(SIZE, RGBA, [plain(RED), plain(GREEN), plain(BLUE)])


@pytest.mark.parametrize(
    ("kind", "number", "at", "value"),
    [
        pytest.param(b"acTL", 0, 3, 0, id="no frames announced"),
        pytest.param(b"fcTL", 0, 3, 5, id="sequence at the first"),
        pytest.param(b"fcTL", 1, 3, 5, id="sequence at the second"),
        pytest.param(b"fdAT", 2, 3, 0, id="sequence of data at the third"),
        pytest.param(b"fcTL", 0, 7, 8, id="first smaller than the file"),
        pytest.param(b"fcTL", 2, 7, 0, id="no width"),
        pytest.param(b"fcTL", 2, 15, 1, id="beyond the canvas"),
        pytest.param(b"fcTL", 1, 24, 3, id="unknown disposal"),
        pytest.param(b"fcTL", 1, 25, 2, id="unknown blending"),
    ],
)
def test_invalid_animation_chunks_leave_the_still_picture(kind: bytes, number: int, at: int, value: int) -> None:
    data = altered(THREE, kind, number, at, value)
    for made in both(data):
        assert isinstance(made, EncodedVariant)
        assert tuple(png_reference.rgba(made.data)[8, 8]) == RED
        assert b"acTL" not in made.data
    assert description(data).frames == 1


@pytest.mark.parametrize("kind", [b"acTL", b"fcTL", b"fdAT"])
def test_a_wrong_checksum_of_an_animation_chunk_leaves_the_still_picture(kind: bytes) -> None:
    damaged = bytearray(THREE)
    at = THREE.index(kind)
    damaged[at + 4 + int.from_bytes(THREE[at - 4 : at], "big")] ^= 1
    for made in both(bytes(damaged)):
        assert isinstance(made, EncodedVariant)
        assert tuple(png_reference.rgba(made.data)[8, 8]) == RED


def test_frames_beyond_the_announced_number_are_not_shown() -> None:
    data = altered(THREE, b"acTL", 0, 3, 2)
    assert colors(data) == [RED, GREEN]
    assert description(data).frames == 2


def test_a_still_picture_may_have_incomplete_animation_chunks() -> None:
    data = images.png(16, 12)
    at = data.index(b"IDAT") - 4
    stray = chunk(b"fcTL", struct.pack(">I", 7) + bytes(22)) + chunk(b"fdAT", b"\0\0") + chunk(b"acTL", b"")
    assert image(data[:at] + stray + data[at:], []).size == (16, 12)


def test_broken_pixels_of_a_frame_fail_only_variants_with_all_frames() -> None:
    still, moving = both(altered(THREE, b"fdAT", 3, 4, 255))
    assert isinstance(still, EncodedVariant)
    assert isinstance(moving, FailedVariant)
    assert moving.code in {"undecodable_image", "truncated_image"}


SECOND = THREE.index(b"fcTL", THREE.index(b"IDAT"))
THIRD = THREE.index(b"fcTL", SECOND + 4)


@pytest.mark.parametrize("end", [SECOND - 4, SECOND + 10, SECOND + 34, THIRD - 20, THIRD - 4, THIRD + 9, THIRD + 50])
def test_a_file_cut_after_its_still_picture_is_truncated_only_for_variants_with_all_frames(end: int) -> None:
    still, moving = both(THREE[:end])
    assert isinstance(still, EncodedVariant)
    assert isinstance(moving, FailedVariant)
    assert moving.code == "truncated_image"


def test_fewer_frames_than_announced_truncate_the_animation() -> None:
    still, moving = both(altered(THREE, b"acTL", 0, 3, 9))
    assert isinstance(still, EncodedVariant)
    assert isinstance(moving, FailedVariant)
    assert moving.code == "truncated_image"


def test_a_long_palette_is_not_copied_for_each_frame() -> None:
    layout = Layout(kind="palette", depth=4)
    frames = [Frame(rows=apng.rows((4, 4), layout, number), size=(4, 4)) for number in range(3)]
    data = apng.written((4, 4), layout, frames)
    at = data.index(b"PLTE") - 4
    product.read(data[:at] + chunk(b"PLTE", bytes(3_000_000)) + data[at:])
    assert len(composed(product.read(data))) == 3


def test_frames_are_converted_from_the_colours_of_the_file() -> None:
    # The canvas is composed before the conversion: a profile applies to the composed picture.
    profiled = images.encoded(
        images.photo(40, 30, "L"), "PNG", save_all=True, append_images=[images.photo(40, 30, "L").rotate(180)]
    )
    grays = [np.asarray(images.photo(40, 30, "L").rotate(turn)) for turn in (0, 180)]
    for made, expected in zip(composed(product.read(profiled)), grays, strict=True):
        assert (made[..., 0] == expected).all()
    assert image(profiled, []).mode == "L"
