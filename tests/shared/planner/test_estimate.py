"""Estimates grow with the work. `python -m bench.estimates` compares them with measurements."""

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
def test_there_is_a_price_for_every_step_of_a_recipe(
    drawn: Variant, image_format: ImageFormat, output: OutputFormat
) -> None:
    source = replace(PNG, format=image_format, alpha=Alpha.PERHAPS)
    written = drawn.model_copy(update={"output": drawn.output.model_copy(update={"format": output})})
    told = estimate(source, [written])
    assert told.cpu_ms > 0
    assert told.peak_bytes > source.bytes


@given(drawn=recipes.variants, wider=st.floats(1, 6), higher=st.floats(1, 6))
def test_a_larger_image_never_costs_less(drawn: Variant, wider: float, higher: float) -> None:
    # What is cut out at some pixels can be nothing of a small picture, and something of a larger one: more, not less.
    larger = replace(PNG, size=(round(PNG.size[0] * wider), round(PNG.size[1] * higher)))
    if drawn.output.format is not OutputFormat.AVIF:
        assert no_less(estimate(larger, [drawn]), estimate(PNG, [drawn]))


def test_more_work_costs_more() -> None:
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


def test_shared_operations_are_counted_once() -> None:
    blurred = [variant({"op": "blur"}, name=name, format=name) for name in ("webp", "jpeg")]
    apart = sum(variant_ms(each, PNG) for each in blurred)
    together = estimate(PNG, blurred).cpu_ms - estimate(PNG, []).cpu_ms
    blur = load_prices().find("blur", transparent=False)
    assert apart - together == pytest.approx(blur.milliseconds(2 * PNG.pixels))


def test_each_kept_frame_is_counted() -> None:
    moving = replace(PNG, format=ImageFormat.GIF, frames=10)
    still, kept = variant(frames=1), variant(frames="all")
    assert estimate(moving, [kept]).cpu_ms > 5 * estimate(moving, [still]).cpu_ms
    assert no_less(estimate(moving, [kept]), estimate(moving, [still]))


def test_a_variant_that_must_fail_costs_nothing() -> None:
    beside = variant({"op": "crop", "left": 5000, "width": 10, "height": 10})
    assert variant_ms(beside, PNG) == 0


def test_a_variant_that_fails_only_for_a_guess_has_a_cost() -> None:
    guess = Source.guessed(size=1000, content_type="image/png")
    beside = variant({"op": "crop", "left": 5000, "width": 10, "height": 10}, format="avif")
    assert variant_ms(beside, guess) > 0


def test_only_a_jpeg_is_decoded_at_a_reduced_size() -> None:
    small = [variant({"op": "resize", "width": 300})]
    assert decoded_size(PNG, small, describe=True) == (1200, 900)
    assert decoded_size(replace(PNG, format=ImageFormat.JPEG), small, describe=True) == (450, 338)


def test_a_large_watermark_image_costs_more() -> None:
    stamped = Variant(name="it", operations=(Watermark(op="watermark", image=LOGO),), output=Output())
    plain, small, large = (variant_ms(stamped, PNG, found) for found in ({}, overlay(100), overlay(7000)))
    assert plain < small < plain + 50
    assert large > plain + 500


def overlay(side: int) -> dict[Overlay, VariantResult]:
    sizes = {"size": 100, "width": side, "height": side}
    return {LOGO: VariantResult(key="logo/1/a.png", format=ImageFormat.PNG, sha256="0" * 64, **sizes)}


def test_the_presets_fit_into_a_child_for_every_accepted_image() -> None:
    """Bytes of the largest image, estimated a little above the measured ones."""
    photo = Source(format=ImageFormat.JPEG, size=(8660, 5773), alpha=Alpha.NONE, bytes=10_000_000)
    for name, recipe in PRESETS.items():
        assert estimate(photo, recipe.variants).peak_bytes < CHILD_MEMORY_BYTES, name
