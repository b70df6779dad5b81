"""Whatever recipe validates, on whatever small file: pictures come out, or a reason why not."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from hypothesis import HealthCheck, given, settings

from darkroom import errors
from darkroom.errors import ImageError
from darkroom.recipes import Variant
from darkroom_processor.pipeline import Failure, Processed, Work, process
from tests.support import images, recipes
from tests.support.files import damaged_files, sound_files

CODES = {kind.code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ImageError)}
OVERLAYS = {recipes.LOGO: images.encoded(images.photo(41, 67, "RGBA"), "WEBP")}


@contextmanager
def cheaply() -> Iterator[None]:
    """In ten seconds of CPU time."""
    began = time.process_time()
    yield
    assert time.process_time() - began < 10


def check(done: Processed) -> None:
    """That each variant is a picture as it is said to be, or has failed for a reason with a name."""
    for outcome in done.outcomes:
        if isinstance(outcome, Failure):
            assert outcome.code in CODES
        else:
            assert images.opened(outcome.data).size == (outcome.width, outcome.height)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sound_files, recipes.variants)
def test_no_recipe_crashes_the_pipeline(data: bytes, variant: Variant) -> None:
    with cheaply():
        check(process(data, Work(variants=(variant,), describe=True, overlays=OVERLAYS)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged_files(), recipes.variants)
def test_no_damage_crashes_the_pipeline(data: bytes, variant: Variant) -> None:
    with cheaply(), suppress(ImageError):
        check(process(data, Work(variants=(variant,), describe=True, overlays=OVERLAYS)))
