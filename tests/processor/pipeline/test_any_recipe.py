"""Any valid recipe on any small file makes the planned variants, or fails with a foreseen error."""

import io
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image

from darkroom import errors
from darkroom.errors import ImageError
from darkroom.planner.source import Source
from darkroom.recipes import Variant
from darkroom_processor.pipeline import FailedVariant, Instructions, Outcome, ProcessedImage, process
from darkroom_upload.planning.prediction import Prediction, predict
from tests.support import recipes
from tests.support.cpu_limit import within_cpu_limit
from tests.support.drawn_files import damaged_files, valid_files
from tools.testbed import images

pytestmark = pytest.mark.slow

CODES = {kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ImageError)}
OVERLAYS = {recipes.LOGO: images.encoded(images.photo(41, 67, "RGBA"), "WEBP")}


def check(done: ProcessedImage) -> None:
    """Check that each variant is the image that it claims to be, or has failed with a foreseen error."""
    for outcome in done.outcomes:
        if isinstance(outcome, FailedVariant):
            assert outcome.code in CODES
            assert not outcome.bug, outcome.bug
        else:
            assert images.opened(outcome.data).size == (outcome.width, outcome.height)


def compare(told: Prediction, outcome: Outcome, variant: Variant) -> None:
    """Check the variants that were made against the plan."""
    if isinstance(outcome, FailedVariant):
        # A plan cannot know whether an overlay still exists, whether bytes are few enough, and what a trim leaves.
        late = outcome.code == "overlay_missing" or (outcome.code == "output_limit" and variant.output.max_bytes)
        assert late or told.image is None or not told.image.size_exact, outcome
        assert told.image or outcome.code in {told.notices[0].code, "overlay_missing"}
        return
    assert told.image is not None, told.notices
    size, bound = (outcome.width, outcome.height), told.image.size
    assert size == bound if told.image.size_exact else (size[0] <= bound[0] and size[1] <= bound[1])
    assert outcome.format in {told.image.format, *told.image.other_formats}
    with Image.open(io.BytesIO(outcome.data)) as image:
        assert getattr(image, "n_frames", 1) <= told.image.frames


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(valid_files, recipes.variants)
def test_any_recipe_makes_what_was_planned(data: bytes, variant: Variant) -> None:
    with within_cpu_limit():
        done = process(data, Instructions(variants=(variant,), describe=True, overlays=OVERLAYS))
        check(done)
    assert done.description is not None
    told = predict(variant, Source.described(done.description, size=len(data)))
    compare(told, done.outcomes[0], variant)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged_files(), recipes.variants)
def test_any_damaged_file_gives_an_error_of_the_pipeline(data: bytes, variant: Variant) -> None:
    with within_cpu_limit(), suppress(ImageError):
        check(process(data, Instructions(variants=(variant,), describe=True, overlays=OVERLAYS)))
