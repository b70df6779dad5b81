"""Tests of predictions and notices. The pipeline's tests compare predicted sizes and formats with made ones."""

from typing import Any

import pytest

from darkroom.formats import ImageFormat
from darkroom.planner.image_spec import Alpha
from darkroom.planner.source import Source
from darkroom.recipes import Variant
from darkroom_upload.planning.prediction import Notice, PredictedImage, predict


def source(width: int = 1000, height: int = 750, **facts: Any) -> Source:
    return Source(size=(width, height), **{"format": ImageFormat.JPEG, "alpha": Alpha.NONE, **facts})


def variant(*operations: dict[str, Any], **output: Any) -> Variant:
    return Variant.model_validate({"name": "it", "operations": operations, "output": output})


def notices(of: Variant, image: Source) -> list[str]:
    return [notice.code for notice in predict(of, image).notices]


def test_an_image_is_predicted_with_size_and_format() -> None:
    told = predict(variant({"op": "resize", "width": 640}, format="webp"), source())
    assert told.image == PredictedImage(
        size=(640, 480), size_exact=True, format=ImageFormat.WEBP, other_formats=(), frames=1
    )
    assert told.notices == ()


def test_a_notice_of_no_enlargement_has_both_sizes() -> None:
    (notice,) = predict(variant({"op": "resize", "width": 1920}), source()).notices
    assert notice == Notice(
        code="not_enlarged",
        message="The image is not enlarged from 1000 × 750 to 1920 × 1440 pixels: `enlarge` is false.",
        variant="it",
    )
    assert notices(variant({"op": "resize", "width": 1920, "enlarge": True}), source()) == []
    # The size after a trim is unknown, so it is unknown whether the image is enlarged.
    assert notices(variant({"op": "trim"}, {"op": "resize", "width": 1920}), source()) == []


def test_an_image_that_would_be_too_large_is_certain_to_fail() -> None:
    told = predict(variant({"op": "resize", "width": 8192, "height": 8192, "enlarge": True}), source())
    assert told.image is None
    assert [(notice.code, notice.fatal) for notice in told.notices] == [("output_limit", True)]
    beside = predict(variant({"op": "crop", "left": 1000, "width": 9, "height": 9}), source())
    assert [(notice.code, notice.fatal) for notice in beside.notices] == [("image_error", True)]


def test_an_image_that_may_be_too_large_is_not_certain_to_fail() -> None:
    told = predict(variant({"op": "trim"}, {"op": "resize", "width": 900, "enlarge": True}), source(9000, 900))
    assert told.image is not None
    assert (told.image.size, told.image.size_exact) == ((900, 8192), False)
    wide = predict(variant({"op": "trim"}), source(9000, 900))
    assert [(notice.code, notice.fatal) for notice in wide.notices] == [("output_limit", False)]


@pytest.mark.parametrize(
    ("output", "frames", "why"),
    [
        ({"format": "webp", "frames": "all"}, 12, None),
        ({"format": "webp"}, 1, "`frames` is 1"),
        ({"format": "jpeg", "frames": "all"}, 1, "jpeg has one"),
    ],
)
def test_a_notice_says_that_an_animation_loses_frames(output: dict[str, Any], frames: int, why: str | None) -> None:
    told = predict(variant(**output), source(format=ImageFormat.GIF, frames=12))
    assert told.image is not None
    assert told.image.frames == frames
    assert [notice.code for notice in told.notices] == (["first_frame_only"] if why else [])
    assert all(why in notice.message for notice in told.notices if why)


def test_pages_of_a_document_are_not_an_animation() -> None:
    (notice,) = predict(variant(format="webp", frames="all"), source(format=ImageFormat.TIFF, frames=2)).notices
    assert notice.message == "Only the first of the 2 frames is kept: the pages of a tiff are not an animation."


def test_lost_transparency_is_a_notice_unless_the_recipe_asks_for_it() -> None:
    logo = source(format=ImageFormat.PNG, alpha=Alpha.PERHAPS)
    assert notices(variant(format="jpeg"), logo) == ["transparency_lost"]
    assert notices(variant({"op": "flatten"}, format="jpeg"), logo) == []
    assert notices(variant(format="webp"), logo) == []


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "rotate", "angle": 45},
        {"op": "resize", "width": 100, "height": 100, "fit": "contain"},
        {"op": "pad", "top": 1},
        {"op": "round", "radius": 9, "background": "#ffffff"},
    ],
)
def test_transparency_on_an_opaque_background_is_one_notice(operation: dict[str, Any]) -> None:
    logo = source(format=ImageFormat.PNG, alpha=Alpha.CERTAIN)
    for image_format in ("webp", "jpeg"):
        (notice,) = predict(variant(operation, operation, format=image_format), logo).notices
        assert notice.code == "transparency_lost"
        assert notice.message.startswith(f"Transparent parts become #ffffff: {operation['op']} puts")
    assert notices(variant({**operation, "background": "transparent"}, format="webp"), logo) == []
    assert notices(variant(operation, format="webp"), source()) == []
    assert notices(variant({"op": "flatten"}, operation, format="webp"), logo) == []


def test_a_rotation_by_right_angles_keeps_transparency() -> None:
    logo = source(format=ImageFormat.PNG, alpha=Alpha.CERTAIN)
    assert notices(variant({"op": "rotate", "angle": 90}, format="webp"), logo) == []


@pytest.mark.parametrize(
    ("operations", "alpha", "expected"),
    [
        ([], Alpha.NONE, ["jpeg", "png"]),
        ([], Alpha.PERHAPS, ["webp", "jpeg", "png"]),
        ([{"op": "round", "radius": 9}], Alpha.NONE, ["webp", "png"]),
        ([{"op": "flatten"}], Alpha.PERHAPS, ["jpeg", "png"]),
    ],
)
def test_auto_is_predicted_with_all_possible_formats(
    operations: list[dict[str, Any]], alpha: Alpha, expected: list[str]
) -> None:
    picture = predict(variant(*operations, format="auto"), source(format=ImageFormat.PNG, alpha=alpha)).image
    assert picture is not None
    assert [picture.format, *picture.other_formats] == expected


def test_a_rotation_before_a_resize_may_make_the_image_too_large() -> None:
    large = source(7000, 7000, format=ImageFormat.PNG)
    (notice,) = predict(variant({"op": "rotate", "angle": 45}, {"op": "resize", "width": 500}), large).notices
    assert (notice.code, notice.fatal) == ("output_limit", False)
    turned = predict(variant({"op": "rotate", "angle": 45}), large)
    assert [(notice.code, notice.fatal) for notice in turned.notices] == [("output_limit", True)]


def test_a_large_uncompressed_png_is_certain_to_fail() -> None:
    raw = {"format": "png", "effort": 0}
    told = predict(variant(**raw), source(2000, 1000))
    (notice,) = told.notices
    assert told.image is None
    assert (notice.code, notice.fatal, notice.variant) == ("output_limit", True, "it")
    assert "`effort` of 1 or more" in notice.message
    assert notices(variant(**raw), source(1000, 1000)) == []
    perhaps = predict(variant({"op": "trim"}, **raw), source(2000, 1000))
    assert [(one.code, one.fatal) for one in perhaps.notices] == [("output_limit", False)]
    assert perhaps.image
    other = predict(variant(format="auto", effort=0), source(2000, 1000))
    assert [(one.code, one.fatal) for one in other.notices] == [("output_limit", False)]
