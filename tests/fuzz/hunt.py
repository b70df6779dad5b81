"""Draws files and variants, and has a child of the sandbox process them.

A child may return results that match their description, or the reason why there are none. Everything else is a failure:
a crash, an unexpected exception, a timeout, a result that cannot be decoded, or one that contains more than pixels.
"""

import asyncio
import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from structlog.typing import EventDict

from darkroom.errors import ProcessorCrash, TimeLimit
from darkroom.recipes import KeepMetadata, Recipe, Variant
from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, ProcessedImage
from darkroom_processor.sandbox.pool import ChildPool
from tests.fuzz import rewriting
from tests.support import recipes
from tests.support.drawn_files import damaged_files, valid_files
from tests.support.file_parts import has_only_pixels
from tools.testbed import images

OVERLAYS: Final = {recipes.LOGO: images.encoded(images.photo(41, 67, "RGBA"), "WEBP")}
ROUND: Final = 50
"""Examples between two checks of the clock."""


@dataclass
class Hunt:
    """The counts of a run."""

    finds: Path
    """The folder for files and recipes that make the child fail."""
    tried: int = 0
    """Number of examples."""
    results: int = 0
    """Number of results that were made."""
    found: int = 0
    """Number of failures."""


def hunt(finds: Path, *, seconds: float, number: int) -> Hunt:
    """Draw and try examples for `seconds`, beginning with the seed `number`. Failures are minimised and kept."""
    this = Hunt(finds)
    with asyncio.Runner() as runner:
        pool = ChildPool(1)
        runner.run(pool.__aenter__())
        until = time.monotonic() + seconds
        try:
            while time.monotonic() < until:
                _round(this, runner, pool, number)
                number += 1
        finally:
            runner.run(pool.__aexit__(None, None, None))
    return this


def _round(this: Hunt, runner: asyncio.Runner, pool: ChildPool, number: int) -> None:
    last: tuple[bytes, Variant] | None = None
    logs: list[EventDict] = []

    async def make(data: bytes, variant: Variant) -> EncodedVariant | None:
        result = (await pool.process(data, Instructions(variants=(variant,), describe=False), owner="hunt")).result
        outcome = result.outcomes[0] if isinstance(result, ProcessedImage) else None
        return outcome if isinstance(outcome, EncodedVariant) else None

    @seed(number)
    @settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.one_of(valid_files, damaged_files()), st.one_of(recipes.variants, st.just(rewriting.REWRITTEN)))
    def attempt(data: bytes, variant: Variant) -> None:
        nonlocal last, logs
        last = data, variant
        this.tried += 1
        with structlog.testing.capture_logs() as logs:
            work = Instructions(variants=(variant,), describe=True, overlays=OVERLAYS)
            result = runner.run(pool.process(data, work, owner="hunt")).result
        assert not isinstance(result, ProcessorCrash | TimeLimit), result.message
        if isinstance(result, ProcessedImage):
            assert not any(isinstance(outcome, FailedVariant) and outcome.bug for outcome in result.outcomes)
            results = [outcome for outcome in result.outcomes if isinstance(outcome, EncodedVariant)]
            this.results += sum(_checked(outcome, variant) for outcome in results)
            if variant == rewriting.REWRITTEN and results:
                runner.run(rewriting.check(data, results[0], make))

    try:
        attempt()
    except Exception as fault:  # noqa: BLE001 - every error is a failure to keep
        # The last example that hypothesis tries is the smallest one.
        if last is not None:
            places = [str(log.get("detail")) for log in logs]
            _keep(this, *last, "\n".join([f"{type(fault).__name__}: {fault}", *places]))


def _checked(picture: EncodedVariant, variant: Variant) -> bool:
    assert images.opened(picture.data).size == (picture.width, picture.height)
    assert variant.output.keep_metadata is not KeepMetadata.NONE or has_only_pixels(picture.data)
    return True


def _keep(this: Hunt, data: bytes, variant: Variant, fault: str) -> None:
    this.found += 1
    this.finds.mkdir(parents=True, exist_ok=True)
    stem = this.finds / hashlib.sha256(data).hexdigest()[:16]
    stem.with_suffix(".bin").write_bytes(data)
    stem.with_suffix(".json").write_text(Recipe(variants=(variant,)).model_dump_json(indent=1))
    stem.with_suffix(".txt").write_text(f"{fault}\n")
