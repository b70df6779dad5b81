"""Predictions of images after operations. The pipeline's own tests compare them with its results."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from darkroom.errors import ImageError, OutputLimit
from darkroom.planner.image_spec import Alpha, ImageSpec, final_spec, spec_after
from darkroom.recipes import AnyOperation

OPERATION = TypeAdapter[AnyOperation](AnyOperation)
PHOTO = ImageSpec(size=(4000, 3000), alpha=Alpha.NONE)
LOGO = ImageSpec(size=(400, 300), alpha=Alpha.PERHAPS)
TRIM = {"op": "trim"}


def told(spec: ImageSpec, *operations: dict[str, Any]) -> ImageSpec:
    return final_spec([OPERATION.validate_python(operation) for operation in operations], spec)


def test_sizes_are_exact_until_they_depend_on_pixels() -> None:
    assert told(PHOTO, {"op": "resize", "width": 1000}) == ImageSpec(size=(1000, 750), alpha=Alpha.NONE)
    assert told(PHOTO, TRIM) == ImageSpec(size=(4000, 3000), exact=False, alpha=Alpha.NONE)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "resize", "width": 1000}, (1000, 3000)),
        ({"op": "resize", "width": 1000, "height": 500}, (1000, 500)),
        ({"op": "resize", "width": 1000, "height": 500, "fit": "outside"}, (4000, 3000)),
        ({"op": "resize", "width": 5000, "height": 500, "fit": "inside", "enlarge": True}, (5000, 500)),
        ({"op": "resize", "width": 1000, "enlarge": True}, (1000, 8192)),
        ({"op": "resize", "width": 1000, "fit": "contain"}, (1000, 8192)),
        ({"op": "crop", "left": 3900, "width": 500, "height": 500}, (100, 500)),
        ({"op": "crop", "width": 0.5, "height": 0.5, "unit": "fraction"}, (2001, 1501)),
        ({"op": "rotate", "angle": 90}, (3000, 4000)),
        ({"op": "pad", "left": 100}, (4100, 3000)),
        ({"op": "sepia"}, (4000, 3000)),
    ],
)
def test_the_bound_holds_for_every_result_of_a_trim(operation: dict[str, Any], expected: tuple[int, int]) -> None:
    assert told(PHOTO, TRIM, operation) == ImageSpec(size=expected, exact=False, alpha=Alpha.NONE)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "resize", "width": 64, "height": 64, "fit": "contain"},
        {"op": "resize", "width": 64, "height": 64, "fit": "cover", "enlarge": True},
        {"op": "resize", "width": 64, "height": 64, "fit": "fill", "enlarge": True},
    ],
)
def test_a_resize_to_a_fixed_size_makes_the_size_exact_again(operation: dict[str, Any]) -> None:
    made = told(PHOTO, TRIM, operation)
    assert (made.size, made.exact) == ((64, 64), True)


def test_too_large_an_image_fails_at_the_same_step_as_in_the_pipeline() -> None:
    with pytest.raises(OutputLimit, match="50331648 pixels"):
        told(PHOTO, {"op": "resize", "width": 8192, "enlarge": True})
    with pytest.raises(OutputLimit, match="9000 × 10"):
        told(ImageSpec(size=(9000, 10), alpha=Alpha.NONE))
    # On the way to a smaller picture there may be a larger one, as long as no canvas is made for it.
    assert told(ImageSpec(size=(9000, 10), alpha=Alpha.NONE), {"op": "flip"}, {"op": "resize", "width": 90}).size == (
        90,
        1,
    )
    with pytest.raises(OutputLimit):
        told(ImageSpec(size=(9000, 10), alpha=Alpha.NONE), {"op": "round", "radius": 1}, {"op": "resize", "width": 90})


def test_the_frames_of_an_animation_count_together() -> None:
    assert final_spec((), PHOTO, frames=4).size == PHOTO.size
    with pytest.raises(OutputLimit):
        final_spec((), PHOTO, frames=5)


def test_a_crop_outside_the_image_fails_also_after_a_trim() -> None:
    beside = {"op": "crop", "left": 4000, "width": 10, "height": 10}
    for operations in ([beside], [TRIM, beside]):
        with pytest.raises(ImageError):
            told(PHOTO, *operations)


@pytest.mark.parametrize(
    ("spec", "operation", "expected"),
    [
        (PHOTO, {"op": "round", "radius": 9}, Alpha.CERTAIN),
        (LOGO, {"op": "round", "radius": 9, "background": "#fff"}, Alpha.NONE),
        (LOGO, {"op": "flatten"}, Alpha.NONE),
        (LOGO, {"op": "pad", "background": "#12345678"}, Alpha.CERTAIN),
        (LOGO, {"op": "pad", "background": "#123456FF"}, Alpha.NONE),
        (PHOTO, {"op": "rotate", "angle": 45, "background": "transparent"}, Alpha.CERTAIN),
        (LOGO, {"op": "rotate", "angle": 90}, Alpha.PERHAPS),
        (LOGO, {"op": "resize", "width": 99, "height": 99, "fit": "contain"}, Alpha.NONE),
        (
            PHOTO,
            {"op": "resize", "width": 99, "height": 99, "fit": "contain", "background": "transparent"},
            Alpha.CERTAIN,
        ),
        (
            LOGO,
            {"op": "resize", "width": 40, "height": 30, "fit": "contain", "background": "transparent"},
            Alpha.PERHAPS,
        ),
        (LOGO, {"op": "grayscale"}, Alpha.PERHAPS),
    ],
)
def test_transparency_depends_on_the_background(spec: ImageSpec, operation: dict[str, Any], expected: Alpha) -> None:
    assert spec_after(OPERATION.validate_python(operation), spec).alpha is expected
