"""Estimates: that they are in order. How near they come is for `bench/estimates` to show."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.formats import ImageFormat
from darkroom.jobs import VariantResult
from darkroom.limits import CHILD_MEMORY_BYTES
from darkroom.planner.estimate import Estimate, decoded_size, task_estimate, variant_ms
from darkroom.planner.image_spec import Alpha
from darkroom.planner.prices import load_prices
from darkroom.planner.source import Source
from darkroom.recipes import Output, OutputFormat, Overlay, Variant, Watermark, load_presets
from tests.support import recipes

PRESETS = load_presets()
PNG = Source(format=ImageFormat.PNG, size=(1200, 900), alpha=Alpha.NONE, bytes=900_000)
LOGO = Overlay(job_id="0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000", variant="logo")


def variant(*operations: dict[str, Any], name: str = "it", **output: Any) -> Variant:
    return Variant.model_validate({"name": name, "operations": operations, "output": {"format": "webp", **output}})


def estimate(source: Source, variants: Sequence[Variant]) -> Estimate:
    return task_estimate(source, variants, describe=True)


def no_less(larger: Estimate, smaller: Estimate) -> bool:
    return larger.cpu_ms >= smaller.cpu_ms and larger.peak_bytes >= smaller.peak_bytes


@given(drawn=recipes.variants, image_format=st.sampled_from(ImageFormat), output=st.sampled_from(OutputFormat))
def test_there_is_a_price_for_whatever_a_recipe_may_ask_for(
    drawn: Variant, image_format: ImageFormat, output: OutputFormat
) -> None:
    source = replace(PNG, format=image_format, alpha=Alpha.PERHAPS)
    written = drawn.model_copy(update={"output": drawn.output.model_copy(update={"format": output})})
    told = estimate(source, [written])
    assert told.cpu_ms > 0
    assert told.peak_bytes > source.bytes


@given(drawn=recipes.variants, wider=st.floats(1, 6), higher=st.floats(1, 6))
def test_a_larger_image_never_takes_less(drawn: Variant, wider: float, higher: float) -> None:
    # What is cut out at some pixels can be nothing of a small picture, and something of a larger one: more, not less.
    larger = replace(PNG, size=(round(PNG.size[0] * wider), round(PNG.size[1] * higher)))
    if drawn.output.format is not OutputFormat.AVIF:
        assert no_less(estimate(larger, [drawn]), estimate(PNG, [drawn]))


def test_more_to_do_never_takes_less() -> None:
    small = variant({"op": "resize", "width": 300})
    more = [
        [small, variant({"op": "resize", "width": 200}, name="other")],
        [variant({"op": "resize", "width": 300}, {"op": "blur"})],
        [variant({"op": "resize", "width": 600})],
        [variant({"op": "resize", "width": 300}, effort=9)],
        [variant({"op": "resize", "width": 300}, max_bytes=5000)],
    ]
    for variants in more:
        assert no_less(estimate(PNG, variants), estimate(PNG, [small]))
        assert estimate(PNG, variants).cpu_ms > estimate(PNG, [small]).cpu_ms


def test_steps_in_common_are_counted_once() -> None:
    blurred = [variant({"op": "blur"}, name=name, format=name) for name in ("webp", "jpeg")]
    apart = sum(variant_ms(each, PNG) for each in blurred)
    together = estimate(PNG, blurred).cpu_ms - estimate(PNG, []).cpu_ms
    blur = load_prices().find("blur", transparent=False)
    assert apart - together == pytest.approx(blur.milliseconds(2 * PNG.pixels))


def test_frames_that_are_kept_are_paid_for_one_by_one() -> None:
    moving = replace(PNG, format=ImageFormat.GIF, frames=10)
    still, kept = variant(frames=1), variant(frames="all")
    assert estimate(moving, [kept]).cpu_ms > 5 * estimate(moving, [still]).cpu_ms
    assert no_less(estimate(moving, [kept]), estimate(moving, [still]))


def test_what_is_certain_to_fail_costs_nothing() -> None:
    beside = variant({"op": "crop", "left": 5000, "width": 10, "height": 10})
    assert variant_ms(beside, PNG) == 0


def test_what_fails_for_a_guess_may_succeed_and_costs_something() -> None:
    guess = Source.guessed(size=1000, content_type="image/png")
    beside = variant({"op": "crop", "left": 5000, "width": 10, "height": 10}, format="avif")
    assert variant_ms(beside, guess) > 0


def test_only_a_jpeg_is_decoded_at_a_part_of_its_size() -> None:
    small = [variant({"op": "resize", "width": 300})]
    assert decoded_size(PNG, small, describe=True) == (1200, 900)
    assert decoded_size(replace(PNG, format=ImageFormat.JPEG), small, describe=True) == (450, 338)


def test_a_large_image_makes_a_watermark_dear() -> None:
    stamped = Variant(name="it", operations=(Watermark(op="watermark", image=LOGO),), output=Output())
    plain, small, large = (variant_ms(stamped, PNG, found) for found in ({}, overlay(100), overlay(7000)))
    assert plain < small < plain + 50
    assert large > plain + 500


def overlay(side: int) -> dict[Overlay, VariantResult]:
    sizes = {"size": 100, "width": side, "height": side}
    return {LOGO: VariantResult(key="logo/1/a.png", format=ImageFormat.PNG, sha256="0" * 64, **sizes)}


def test_the_presets_fit_into_a_child_whatever_is_accepted() -> None:
    """Of the largest image, by an estimate that is a little above what was measured."""
    photo = Source(format=ImageFormat.JPEG, size=(8660, 5773), alpha=Alpha.NONE, bytes=10_000_000)
    for name, recipe in PRESETS.items():
        assert estimate(photo, recipe.variants).peak_bytes < CHILD_MEMORY_BYTES, name
