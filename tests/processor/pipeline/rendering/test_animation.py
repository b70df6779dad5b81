"""Animations: every frame is rendered as a still image would be."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PIL import Image

from darkroom_processor.pipeline import Instructions, process
from tests.processor.pipeline.rendering.animations import (
    ANIMATED,
    LOSSLESS,
    assembled,
    durations,
    frames,
    levels,
    moving,
)
from tests.processor.pipeline.running import failure, image, picture, variant
from tests.support.recipes import LOGO
from tools.testbed import images

pytestmark = pytest.mark.slow

CUT_OUTS = [images.photo(48, 36, "RGBA").rotate(90 * turn) for turn in range(4)]
"""Frames that differ, with all degrees of transparency."""
FLICKER = assembled(CUT_OUTS, "WEBP", lossless=True, exact=True)


@pytest.mark.parametrize("source", ["GIF", "WEBP", "PNG", "AVIF"])
@pytest.mark.parametrize("name", ANIMATED)
def test_an_animation_is_kept_on_request(source: str, name: str) -> None:
    data = images.animation(40, 20, 5, source)
    assert len(frames(picture(data, [], {"format": name}).data)) == 1
    made = moving(data, [{"op": "resize", "width": 20}], format=name)
    blue = [frame.getchannel("B").point([255 if level > 128 else 0 for level in range(256)]) for frame in frames(made)]
    lefts = [(bar.getbbox() or (-1,))[0] for bar in blue]
    assert lefts == pytest.approx([0, 4, 8, 12, 16], abs=1)
    assert durations(made) == [40] * 5


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "resize", "width": 20, "height": 30},
        {"op": "resize", "width": 60, "height": 60, "fit": "contain", "background": "#12345680"},
        {"op": "crop", "left": 5, "top": 3, "width": 30, "height": 20},
        {"op": "rotate", "angle": 90},
        {"op": "rotate", "angle": 20, "background": "transparent"},
        {"op": "flip"},
        {"op": "flop"},
        {"op": "pad", "left": 5, "background": "#336699"},
        {"op": "round", "radius": 8},
        {"op": "grayscale"},
        {"op": "flatten", "background": "#00ff00"},
        {"op": "blur", "sigma": 2},
        {"op": "sharpen"},
        {"op": "adjust", "brightness": 1.2, "saturation": 0.5},
        {"op": "tint", "color": "#336699"},
        {"op": "sepia"},
        {"op": "watermark", "text": "x", "opacity": 1},
        {"op": "watermark", "image": LOGO.model_dump(), "tile": True},
    ],
    ids=lambda operation: operation["op"],
)
def test_each_frame_is_rendered_like_a_still_image(operation: dict[str, Any]) -> None:
    overlays = {LOGO: images.png(8, 8)}
    animated, still = variant([operation], LOSSLESS), variant([operation], {"format": "png"})
    for_still = Instructions(variants=(still,), describe=False, overlays=overlays)
    whole = process(FLICKER, Instructions(variants=(animated,), describe=False, overlays=overlays)).outcomes[0]
    single = [process(images.encoded(frame, "PNG"), for_still).outcomes[0] for frame in CUT_OUTS]
    shown = frames(whole.data)  # type: ignore[union-attr]  # A failure would have no data, and fail here.
    for frame, alone in zip(shown, single, strict=True):
        expected = images.opened(alone.data)  # type: ignore[union-attr]  # The same.
        assert np.abs(levels(frame) - levels(expected.convert("RGBA"))).max() <= 1


@pytest.mark.parametrize(
    "operation", [{"op": "trim"}, {"op": "resize", "width": 10, "height": 20, "position": "smart"}]
)
def test_operations_that_depend_on_pixels_are_resolved_on_the_first_frame(operation: dict[str, Any]) -> None:
    data = images.animation(40, 20, 4, "WEBP", lossless=True)
    first = image(data, [operation])
    shown = frames(moving(data, [operation], **LOSSLESS))
    assert {frame.size for frame in shown} == {first.size}
    assert (levels(shown[0]) == levels(first.convert("RGBA"))).all()


@pytest.mark.parametrize("name", ANIMATED)
def test_transparency_stays_and_no_frame_shows_in_the_next(name: str) -> None:
    made = frames(moving(FLICKER, [], format=name, quality=95))
    for before, after in zip(CUT_OUTS, made, strict=True):
        opaque = (levels(before)[..., 3] >= 128) * 255 if name == "gif" else levels(before)[..., 3]
        assert np.abs(levels(after)[..., 3] - opaque).max() <= 24
        assert np.abs(levels(after)[..., 3] - opaque).mean() <= 1


@pytest.mark.parametrize("disposal", [0, 1, 2, 3])
def test_frames_of_a_gif_are_disposed_of_as_stated(disposal: int) -> None:
    # Pillow only writes the differences to what is left of the previous frame, so it relies on the disposal too.
    shapes = []
    for number in range(4):
        shape = Image.new("RGBA", (30, 20))
        shape.paste(images.RED if number % 2 else images.BLUE, (6 * number, 2, 6 * number + 5, 18))
        shapes.append(shape)
    data = assembled(shapes, "GIF", disposal=disposal)
    expected = [levels(frame) for frame in frames(data)]
    made = [levels(frame) for frame in frames(moving(data, [], **LOSSLESS))]
    assert all((one == other).all() for one, other in zip(made, expected, strict=True))


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize("name", ["png", "gif"])
def test_an_animation_with_a_palette_has_at_most_the_requested_colours(name: str, mode: str) -> None:
    data = assembled([frame.convert(mode) for frame in CUT_OUTS], "WEBP", lossless=True)
    made = moving(data, [], format=name, colors=8)
    assert images.opened(made).mode == "P" or name == "gif"
    assert all(len(frame.getcolors(10_000) or []) <= 8 for frame in frames(made))


@pytest.mark.parametrize("name", ["jpeg", "tiff"])
def test_formats_without_animation_get_the_first_frame(name: str) -> None:
    assert len(frames(moving(images.animation(40, 20, 5), [], format=name))) == 1


@pytest.mark.parametrize("name", ANIMATED)
def test_pages_of_a_tiff_do_not_become_an_animation(name: str) -> None:
    pages = [images.marked(40, 20), images.marked(90, 70)]
    data = images.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    assert [frame.size for frame in frames(moving(data, [], format=name))] == [(40, 20)]


def test_an_animation_in_format_auto_becomes_webp() -> None:
    assert picture(images.animation(40, 20, 5), [], {"format": "auto", "frames": "all"}).format == "webp"


def test_an_animation_that_grows_too_large_fails() -> None:
    data = images.animation(100, 100, 50)
    enlarge = [{"op": "resize", "width": 2000, "enlarge": True}]
    assert failure(data, enlarge, {"format": "webp", "frames": "all"}).code == "output_limit"


def test_a_default_image_that_is_not_a_frame_is_not_animated() -> None:
    walk = frames(images.animation(40, 20, 3, "PNG"))
    data = images.encoded(
        images.marked(40, 20), "PNG", save_all=True, append_images=walk, default_image=True, duration=40
    )
    assert images.corners(images.opened(picture(data, [], {"format": "png"}).data))["top_left"] == "top_left"
    made = frames(moving(data, [], **LOSSLESS))
    assert len(made) == 3
    assert all((levels(one) != levels(other)).any() for one, other in pairwise(made))


@pytest.mark.parametrize("place", [(15, 0), (0, 10), (29, 19)])
@pytest.mark.parametrize("name", ANIMATED)
def test_frames_are_cut_off_at_the_canvas(name: str, place: tuple[int, int]) -> None:
    parts = [
        (Image.new("RGB", (30, 20), images.RED), (0, 0)),
        (Image.new("RGB", (30, 20), images.BLUE), place),
        (Image.new("RGB", (4, 3), images.GREEN), (1, 1)),
    ]
    shown = frames(moving(images.gif_of((30, 20), parts), [], format=name, quality=95))
    expected = Image.new("RGBA", (30, 20))
    for frame, part in zip(shown, parts, strict=True):
        expected.paste(*part)
        assert frame.size == (30, 20)
        assert np.abs(levels(frame) - levels(expected)).mean() < 8


def test_frames_are_cut_off_at_the_canvas_before_operations() -> None:
    data = images.gif_of((30, 20), [(images.marked(30, 20), (11 * number, 11 * number)) for number in range(4)])
    made = moving(data, [{"op": "resize", "width": 15}, {"op": "rotate", "angle": 90}], **LOSSLESS)
    assert {frame.size for frame in frames(made)} == {(10, 15)}


def test_frames_far_outside_the_canvas_take_no_memory() -> None:
    far = [(Image.new("RGB", (1, 1)), (60_000, 700)) for _ in range(2)]
    data = images.gif_of((30, 20), [(images.marked(30, 20), (0, 0)), *far])
    assert {frame.size for frame in frames(moving(data, [], **LOSSLESS))} == {(30, 20)}
