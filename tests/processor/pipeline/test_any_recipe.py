"""Whatever recipe validates, on whatever small file: the pictures come out that were foretold, or a reason why not."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image

from darkroom import errors
from darkroom.errors import ImageError
from darkroom.planner.source import Source
from darkroom.recipes import Variant
from darkroom_processor.pipeline import FailedVariant, Instructions, Outcome, ProcessedImage, process
from darkroom_upload.planning.prediction import Prediction, predict
from tests.support import images, recipes
from tests.support.drawn_files import damaged_files, valid_files

pytestmark = pytest.mark.slow

CODES = {kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ImageError)}
OVERLAYS = {recipes.LOGO: images.encoded(images.photo(41, 67, "RGBA"), "WEBP")}


@contextmanager
def cheaply() -> Iterator[None]:
    """In ten seconds of CPU time."""
    began = time.process_time()
    yield
    assert time.process_time() - began < 10


def check(done: ProcessedImage) -> None:
    """That each variant is a picture as it is said to be, or has failed for a reason that was foreseen."""
    for outcome in done.outcomes:
        if isinstance(outcome, FailedVariant):
            assert outcome.code in CODES
            assert not outcome.bug, outcome.bug
        else:
            assert images.opened(outcome.data).size == (outcome.width, outcome.height)


def compare(told: Prediction, outcome: Outcome, variant: Variant) -> None:
    """Hold what was made to what was foretold."""
    if isinstance(outcome, FailedVariant):
        # Not to be foretold: whether an image is still there, whether bytes are few enough, and what a trim leaves.
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
def test_no_recipe_crashes_the_pipeline_or_makes_what_was_not_foretold(data: bytes, variant: Variant) -> None:
    with cheaply():
        done = process(data, Instructions(variants=(variant,), describe=True, overlays=OVERLAYS))
        check(done)
    assert done.description is not None
    told = predict(variant, Source.described(done.description, size=len(data)))
    compare(told, done.outcomes[0], variant)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged_files(), recipes.variants)
def test_no_damage_crashes_the_pipeline(data: bytes, variant: Variant) -> None:
    with cheaply(), suppress(ImageError):
        check(process(data, Instructions(variants=(variant,), describe=True, overlays=OVERLAYS)))
