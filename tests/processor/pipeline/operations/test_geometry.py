"""Sizes by their formulas, and the pixels that each fit keeps."""

import math
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.errors import ImageError
from darkroom.planner.geometry import crop_box, place, rotated_size
from darkroom.recipes import Crop, Resize
from tests.processor.pipeline.running import failure, image, picture
from tools.testbed import images

pytestmark = pytest.mark.slow


def resized(size: tuple[int, int], **how: Any) -> tuple[int, int]:
    return place(Resize(op="resize", **how), size).canvas


@pytest.mark.parametrize(
    ("size", "how", "expected"),
    [
        ((1000, 500), {"width": 100, "height": 100, "fit": "cover"}, (100, 100)),
        ((1000, 500), {"width": 100, "height": 100, "fit": "contain"}, (100, 100)),
        ((1000, 500), {"width": 100, "height": 100, "fit": "fill"}, (100, 100)),
        ((1000, 500), {"width": 100, "height": 100, "fit": "inside"}, (100, 50)),
        ((1000, 500), {"width": 100, "height": 100, "fit": "outside"}, (200, 100)),
        ((1000, 500), {"width": 100, "height": 100, "fit": "pad"}, (100, 100)),
        ((1000, 500), {"width": 100, "height": 100, "fit": "stretch"}, (100, 100)),
        ((1000, 500), {"width": 100}, (100, 50)),
        ((1000, 500), {"height": 100}, (200, 100)),
        ((2725, 2225), {"width": 720}, (720, 588)),
        ((3, 1000), {"height": 10}, (1, 10)),
        ((1000, 3), {"width": 10, "fit": "inside"}, (10, 1)),
    ],
)
def test_each_fit_gives_its_size(size: tuple[int, int], how: dict[str, Any], expected: tuple[int, int]) -> None:
    assert resized(size, **how) == expected


@pytest.mark.parametrize(
    ("size", "how", "expected"),
    [
        ((50, 40), {"width": 100, "height": 100, "fit": "cover"}, (50, 40)),
        ((200, 40), {"width": 100, "height": 100, "fit": "cover"}, (100, 40)),
        ((50, 40), {"width": 100, "height": 100, "fit": "contain"}, (100, 100)),
        ((200, 40), {"width": 100, "height": 100, "fit": "fill"}, (100, 40)),
        ((50, 40), {"width": 100, "height": 100, "fit": "inside"}, (50, 40)),
        ((50, 40), {"width": 100, "height": 100, "fit": "outside"}, (50, 40)),
        ((50, 40), {"width": 100}, (50, 40)),
    ],
)
def test_images_are_enlarged_only_on_request(
    size: tuple[int, int], how: dict[str, Any], expected: tuple[int, int]
) -> None:
    assert resized(size, **how) == expected


@pytest.mark.parametrize(
    ("fit", "expected"),
    [
        ("cover", (100, 100)),
        ("contain", (100, 100)),
        ("fill", (100, 100)),
        ("inside", (100, 80)),
        ("outside", (125, 100)),
    ],
)
def test_enlarging_scales_up(fit: str, expected: tuple[int, int]) -> None:
    assert resized((50, 40), width=100, height=100, fit=fit, enlarge=True) == expected


SIDES = st.one_of(st.integers(1, 60), st.integers(1, 65_535))
TARGETS = st.integers(1, 8192)
ENLARGE: st.SearchStrategy[Literal[True, False]] = st.sampled_from([False, True])
FITS = st.sampled_from(["cover", "contain", "fill", "inside", "outside"])


@given(st.tuples(SIDES, SIDES), TARGETS, TARGETS, FITS, ENLARGE)
def test_each_fit_follows_its_definition_at_every_size(
    size: tuple[int, int], width: int, height: int, fit: str, enlarge: Literal[True, False]
) -> None:
    made = resized(size, width=width, height=height, fit=fit, enlarge=enlarge)
    ratio = (max if fit in {"cover", "outside"} else min)(width / size[0], height / size[1])
    scale = ratio if enlarge else min(ratio, 1)
    # Sizes are rounded to the nearest pixel, and are at least one.
    scaled = tuple(max(math.floor(side * scale + 0.5), 1) for side in size)
    expected = {
        "cover": (min(width, scaled[0]), min(height, scaled[1])),
        "contain": (width, height),
        "fill": (width, height) if enlarge else (min(width, size[0]), min(height, size[1])),
        "inside": scaled,
        "outside": scaled,
    }
    assert made == expected[fit]


@given(st.tuples(SIDES, SIDES), TARGETS, TARGETS, FITS, ENLARGE)
def test_a_resize_of_its_own_result_changes_nothing(
    size: tuple[int, int], width: int, height: int, fit: str, enlarge: Literal[True, False]
) -> None:
    how = {"width": width, "height": height, "fit": fit, "enlarge": enlarge}
    once = resized(size, **how)
    assert resized(once, **how) == once


def test_contain_centres_the_image_and_does_not_enlarge_it() -> None:
    placement = place(Resize.model_validate({"op": "resize", "width": 101, "height": 100, "fit": "contain"}), (50, 40))
    assert placement.kept_size == (50, 40)
    assert placement.offset == (25, 30)


@pytest.mark.parametrize(
    ("position", "kept"),
    [
        ("center", (50, 0, 150, 100)),
        ("left", (0, 0, 100, 100)),
        ("right", (100, 0, 200, 100)),
        ("top-left", (0, 0, 100, 100)),
        ("bottom-right", (100, 0, 200, 100)),
        ("top", (50, 0, 150, 100)),
    ],
)
def test_the_position_chooses_what_a_cover_keeps(position: str, kept: tuple[int, int, int, int]) -> None:
    resize = Resize.model_validate({"op": "resize", "width": 100, "height": 100, "position": position})
    assert place(resize, (400, 200)).kept == kept


@pytest.mark.parametrize(
    ("crop", "expected"),
    [
        ({"left": 10, "top": 20, "width": 30, "height": 40}, (10, 20, 40, 60)),
        ({"left": 90, "top": 20, "width": 30, "height": 400}, (90, 20, 100, 80)),
        ({"left": 0.5, "top": 0.25, "width": 0.5, "height": 0.5, "unit": "fraction"}, (50, 20, 100, 60)),
        ({"width": 1, "height": 1, "unit": "fraction"}, (0, 0, 100, 80)),
    ],
)
def test_a_crop_is_limited_to_the_image(crop: dict[str, Any], expected: tuple[int, int, int, int]) -> None:
    assert crop_box(Crop.model_validate({"op": "crop", **crop}), (100, 80)) == expected


def test_a_crop_outside_the_image_is_an_error() -> None:
    with pytest.raises(ImageError):
        crop_box(Crop(op="crop", left=100, width=10, height=10), (100, 80))
    assert failure(images.png(100, 80), [{"op": "crop", "left": 100, "width": 10, "height": 10}]).code == "image_error"


@pytest.mark.parametrize(
    ("angle", "expected"), [(0, (40, 30)), (90, (30, 40)), (180, (40, 30)), (45, (50, 50)), (1e-9, (40, 30))]
)
def test_a_rotated_canvas_just_holds_the_image(angle: float, expected: tuple[int, int]) -> None:
    assert rotated_size((40, 30), angle) == expected


@pytest.mark.parametrize("fit", ["cover", "contain", "fill", "inside", "outside"])
@pytest.mark.parametrize("source", [(1, 1), (7, 300), (400, 301), (1600, 1200)])
@pytest.mark.parametrize("target", [(1, 1), (64, 48), (33, None), (None, 200)])
@pytest.mark.parametrize("enlarge", [False, True])
def test_the_pipeline_gives_the_planned_size(
    fit: str, source: tuple[int, int], target: tuple[int | None, int | None], enlarge: Literal[True, False]
) -> None:
    resize = {"op": "resize", "width": target[0], "height": target[1], "fit": fit, "enlarge": enlarge}
    expected = place(Resize.model_validate(resize), source).canvas
    if max(expected) > 8192:
        pytest.skip("beyond what is made")
    made = picture(images.jpeg(*source), [resize])
    assert (made.width, made.height) == expected
    assert images.opened(made.data).size == expected


@pytest.mark.parametrize(
    ("position", "seen"), [("top-left", "top_left"), ("right", "top_right"), ("bottom-left", "bottom_left")]
)
def test_a_cover_shows_the_requested_part(position: str, seen: str) -> None:
    tall = images.encoded(images.marked(400, 100) if position == "right" else images.marked(100, 100), "PNG")
    crop = [{"op": "resize", "width": 40, "height": 40, "position": position}]
    shown = image(tall, crop)
    assert images.corners(shown)[seen] == seen


def test_contain_puts_the_background_around_the_image() -> None:
    shown = image(
        images.png(100, 50),
        [{"op": "resize", "width": 100, "height": 100, "fit": "contain", "background": "#102030"}],
    )
    assert shown.getpixel((50, 10)) == (16, 32, 48)
    assert shown.getpixel((50, 90)) == (16, 32, 48)
    assert images.corners(shown.crop((0, 25, 100, 75))) == {name: name for name in images.CORNERS}


def test_contain_on_a_transparent_background_has_alpha() -> None:
    contain = {"op": "resize", "width": 100, "height": 100, "fit": "contain", "background": "transparent"}
    shown = image(images.png(100, 50), [contain])
    assert shown.mode == "RGBA"
    assert shown.getpixel((50, 10)) == (0, 0, 0, 0)
    assert shown.getchannel("A").crop((0, 25, 100, 75)).getextrema() == (255, 255)


def test_a_pad_adds_its_pixels_on_each_side() -> None:
    pad = {"op": "pad", "top": 1, "right": 2, "bottom": 3, "left": 4, "background": "#0f0"}
    shown = image(images.png(10, 10), [pad])
    assert shown.size == (16, 14)
    assert shown.getpixel((3, 5)) == (0, 255, 0)
    assert images.corners(shown.crop((4, 1, 14, 11))) == {name: name for name in images.CORNERS}
