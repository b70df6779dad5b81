"""GIFs: every frame is what browsers show, and is decoded only from its own data."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from darkroom.errors import PixelLimit, TruncatedImage, UndecodableImage
from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, process
from darkroom_processor.pipeline.animations import composing
from darkroom_processor.pipeline.animations import gif as product
from darkroom_processor.pipeline.containers import gif as stored
from tests.processor.pipeline.animations.composed import composed
from tests.processor.pipeline.running import description, image, variant
from tests.support import bombs, compositor, gif
from tests.support.gif import Frame
from tools.testbed import images

SCREEN = (10, 8)
RED, GREEN, BLUE = 1, 2, 3
TABLE = bytes((0, 0, 0, 255, 0, 0, 0, 200, 0, 0, 0, 255))
COLORS = {RED: (255, 0, 0, 255), GREEN: (0, 200, 0, 255), BLUE: (0, 0, 255, 255)}
NOTHING = (0, 0, 0, 0)


def plain(index: int, size: tuple[int, int] = SCREEN, **said: Any) -> Frame:
    """Return an image of one colour."""
    return Frame(indexes=bytes([index]) * (size[0] * size[1]), size=size, **said)


def written(*frames: Frame, **said: Any) -> bytes:
    """Return a file with the colours above."""
    return gif.written(SCREEN, list(frames), **{"table": TABLE, **said})


def colors(data: bytes, place: tuple[int, int] = (0, 0)) -> list[tuple[int, ...]]:
    """Return the pixel at a place after each frame."""
    return [tuple(frame[place[1], place[0]].tolist()) for frame in composed(product.read(data))]


@given(data=gif.drawn())
def test_every_frame_is_composed_as_in_browsers(data: bytes) -> None:
    size, parts = gif.parts(data)
    animation = product.read(data)
    assert animation.size == size
    assert [frame.milliseconds for frame in animation.frames] == [part.milliseconds for part in parts]
    for made, expected in zip(composed(animation), compositor.shown(size, parts), strict=True):
        assert compositor.largest_difference(made, expected) == 0


@settings(max_examples=25)
@given(data=gif.drawn())
def test_the_still_picture_is_the_first_frame(data: bytes) -> None:
    size, parts = gif.parts(data)
    made = compositor.levels(image(data, []))
    assert compositor.largest_difference(made, compositor.shown(size, parts)[0]) == 0


@pytest.mark.parametrize(
    ("disposal", "left"),
    [(0, RED), (1, RED), (2, None), (3, BLUE), (4, BLUE), (5, RED), (6, RED), (7, RED)],
)
def test_disposal_methods_mean_what_they_mean_in_browsers(disposal: int, left: int | None) -> None:
    data = written(plain(BLUE), plain(RED, (5, 5), disposal=disposal), plain(GREEN, (1, 1), place=(9, 7)))
    assert colors(data) == [COLORS[BLUE], COLORS[RED], COLORS[left] if left else NOTHING]
    assert colors(data, (6, 6)) == [COLORS[BLUE]] * 3


def test_areas_without_an_image_are_transparent_for_any_background_colour() -> None:
    data = written(plain(RED, (4, 4)), background=GREEN)
    shown = image(data, [])
    assert shown.size == SCREEN
    assert (shown.getpixel((0, 0)), shown.getpixel((9, 7))) == (COLORS[RED], NOTHING)
    assert description(data).has_alpha


def test_disposal_of_the_first_image_to_previous_clears_the_canvas() -> None:
    assert colors(written(plain(RED, disposal=3), plain(GREEN, (2, 2), place=(5, 5)))) == [COLORS[RED], NOTHING]


def test_the_screen_grows_only_for_the_first_image() -> None:
    data = written(plain(RED, (5, 5), place=(8, 6)), plain(BLUE, (30, 30)))
    assert product.read(data).size == (13, 11)
    assert colors(data, (12, 10)) == [COLORS[RED], COLORS[BLUE]]
    assert image(data, []).size == (13, 11)


def test_images_may_have_local_colour_tables_and_transparent_indexes() -> None:
    swapped = TABLE[6:9] + TABLE[3:6] + TABLE[:3] + TABLE[9:]
    frames = plain(RED), plain(0, (5, 5), table=swapped), plain(GREEN, transparent=GREEN)
    assert colors(written(*frames)) == [COLORS[RED], COLORS[GREEN], COLORS[GREEN]]


def test_indexes_without_a_colour_are_black_and_images_without_a_table_are_grey() -> None:
    assert colors(written(plain(77))) == [(0, 0, 0, 255)]
    assert colors(written(plain(77), table=b"")) == [(77, 77, 77, 255)]
    assert image(written(plain(77), table=b""), []).mode == "L"


def test_interlaced_rows_are_put_in_order() -> None:
    indexes = bytes(index % 4 for index in range(80))
    straight, interlaced = (Frame(indexes=indexes, size=SCREEN, interlaced=way) for way in (False, True))
    one, other = composed(product.read(written(straight, interlaced)))
    assert (one == other).all()


def test_an_image_without_pixels_draws_nothing() -> None:
    assert colors(written(plain(RED), plain(BLUE, (0, 5)), plain(GREEN, (1, 1)))) == [
        COLORS[RED],
        COLORS[RED],
        COLORS[GREEN],
    ]
    with pytest.raises(UndecodableImage):
        product.read(written(plain(RED, (0, 5)), plain(BLUE)))


def test_missing_pixels_are_not_taken_from_the_next_image() -> None:
    short = replace(plain(RED), codes=gif.packed(bytes([RED]) * 30))
    data = written(short, plain(BLUE))
    with pytest.raises(TruncatedImage):
        process(data, Instructions(variants=(variant([]),), describe=False))


def test_a_truncated_later_frame_fails_only_variants_with_all_frames() -> None:
    whole = written(plain(RED), plain(BLUE))
    variants = variant([], name="still"), variant([], {"format": "webp", "frames": "all"}, "moving")
    still, moving = process(whole[:-20], Instructions(variants=variants, describe=True)).outcomes
    assert isinstance(still, EncodedVariant)
    assert isinstance(moving, FailedVariant)
    assert moving.code == "truncated_image"


def test_a_file_without_an_image_is_truncated() -> None:
    with pytest.raises(TruncatedImage):
        process(written(), Instructions(variants=(), describe=True))


def test_unknown_bytes_before_the_first_image_are_skipped_and_later_ones_end_the_file() -> None:
    data = written(plain(RED), plain(BLUE))
    at = data.index(b"\x21\xf9")
    assert colors(data[:at] + b"\0\0\7" + data[at:]) == [COLORS[RED], COLORS[BLUE]]
    behind = data.rindex(b"\x21\xf9")
    assert colors(data[:behind] + b"\7" + data[behind:]) == [COLORS[RED]]


def test_images_far_beyond_the_screen_are_not_decoded() -> None:
    cheap = bytes(4)
    beyond = [replace(plain(RED, (1, 1), place=(60_000, 700)), codes=cheap) for _ in range(3)]
    assert colors(written(plain(BLUE), *beyond)) == [COLORS[BLUE]] * 4


def test_all_pixels_of_images_that_reach_beyond_the_screen_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    animation = product.read(written(plain(BLUE), plain(RED, (100, 5)), plain(GREEN, (1, 400))))
    pixels = 10 * 8 + 100 * 5 + 400
    monkeypatch.setattr(composing, "MAX_PIXELS", pixels)
    assert len(composed(animation)) == 3
    monkeypatch.setattr(composing, "MAX_PIXELS", pixels - 1)
    with pytest.raises(PixelLimit):
        composed(animation)


@pytest.mark.parametrize("name", [b"NETSCAPE2.0", b"ANIMEXTS1.0"])
@pytest.mark.parametrize(("repetitions", "plays"), [(0, 0), (1, 2), (65_535, 65_536)])
def test_repetitions_are_read(name: bytes, repetitions: int, plays: int) -> None:
    said = b"\x21\xff\x0b" + name + b"\x03\x01" + repetitions.to_bytes(2, "little") + b"\0"
    data = written(plain(RED), plain(BLUE))
    at = data.index(b"\x21\xf9")
    assert product.read(data[:at] + said + data[at:]).plays == plays
    assert product.read(data).plays == 1


def test_many_frames_are_read_cheaply() -> None:
    animation = product.read(bombs.endless_gif(5000))
    assert len(animation.frames) == 5000
    assert animation.size == (3000, 3000)


@pytest.mark.parametrize("output", ["png", "same"])
def test_a_gif_that_lacks_only_its_end_is_complete(output: str) -> None:
    """The trailer, the last empty sub-block, and the part of a sub-block after the last pixel may be missing."""
    picture = images.photo(40, 30).quantize(60)
    data = images.encoded(picture, "GIF")
    whole = image(data, [], {"format": output}).convert("RGB").tobytes()
    for missing in (1, 2):
        assert image(data[:-missing], [], {"format": output}).convert("RGB").tobytes() == whole
    padded = data[:-2]
    last = padded.rindex(bytes([_last_block(data)]), 0, len(padded) - _last_block(data) + 1)
    longer = padded[:last] + bytes([padded[last] + 9]) + padded[last + 1 :]
    assert image(longer, [], {"format": output}).convert("RGB").tobytes() == whole


def _last_block(data: bytes) -> int:
    """Return the bytes of the last sub-block of the first image."""
    at, length = stored.read(data).images[0].start, 0
    while data[at]:
        length = data[at]
        at += 1 + length
    return length


def test_a_gif_that_lacks_pixels_is_truncated() -> None:
    data = images.encoded(images.photo(40, 30).quantize(60), "GIF")
    with pytest.raises(TruncatedImage):
        image(data[:-20], [])
