"""The hunt: files and recipes are drawn, and a child of the sandbox works on them.

What it may answer is pictures that are what it says they are, or the reason why there are none. All else is a find: a
crash, an exception that nobody foresaw, a time-out, a picture that cannot be read or that carries more than itself.
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
from tests.support import images, recipes
from tests.support.drawn_files import damaged_files, sound_files
from tests.support.file_parts import bare

OVERLAYS: Final = {recipes.LOGO: images.encoded(images.photo(41, 67, "RGBA"), "WEBP")}
ROUND: Final = 50
"""Examples between two looks at the clock."""


@dataclass
class Hunt:
    """What was tried, and what was found."""

    finds: Path
    """A folder for the files, and their recipes, that something is wrong with."""
    tried: int = 0
    pictures: int = 0
    found: int = 0


def hunt(finds: Path, *, seconds: float, number: int) -> Hunt:
    """Draw and try for so long, from this seed on. Each find is made as small as may be, and kept."""
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
    @given(st.one_of(sound_files, damaged_files()), st.one_of(recipes.variants, st.just(rewriting.REWRITTEN)))
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
            pictures = [outcome for outcome in result.outcomes if isinstance(outcome, EncodedVariant)]
            this.pictures += sum(_checked(outcome, variant) for outcome in pictures)
            if variant == rewriting.REWRITTEN and pictures:
                runner.run(rewriting.check(data, pictures[0], make))

    try:
        attempt()
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with an answer is a find
        # Hypothesis ends with the smallest example.
        if last is not None:
            places = [str(log.get("detail")) for log in logs]
            _keep(this, *last, "\n".join([f"{type(fault).__name__}: {fault}", *places]))


def _checked(picture: EncodedVariant, variant: Variant) -> bool:
    assert images.opened(picture.data).size == (picture.width, picture.height)
    assert variant.output.keep_metadata is not KeepMetadata.NONE or bare(picture.data)
    return True


def _keep(this: Hunt, data: bytes, variant: Variant, fault: str) -> None:
    this.found += 1
    this.finds.mkdir(parents=True, exist_ok=True)
    stem = this.finds / hashlib.sha256(data).hexdigest()[:16]
    stem.with_suffix(".bin").write_bytes(data)
    stem.with_suffix(".json").write_text(Recipe(variants=(variant,)).model_dump_json(indent=1))
    stem.with_suffix(".txt").write_text(f"{fault}\n")
