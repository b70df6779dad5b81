"""The sandbox gives the same outcomes as the bare pipeline."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from pydantic import TypeAdapter

from darkroom.errors import ImageError
from darkroom.recipes import AnyOperation, Output, OutputFormat, Overlay, Resize, Rotate, Variant, Watermark
from darkroom_processor.pipeline import EncodedVariant, Instructions, ProcessedImage, process
from darkroom_processor.sandbox.pool import ChildPool
from tests.support.corpus import corpus_params
from tools.testbed.images import animation, encoded, photo

pytestmark = pytest.mark.slow

SHRINK = Resize(op="resize", width=200, height=200)
WORK = Instructions(
    variants=(
        Variant(name="again", output=Output(frames="all")),
        Variant(name="turned", operations=(SHRINK, Rotate(op="rotate", angle=30))),
        *(
            Variant(name=name.value, operations=(SHRINK,), output=Output(format=name))
            for name in OutputFormat
            if name is not OutputFormat.AUTO
        ),
    ),
    describe=True,
    thumbnail=True,
)
OPERATIONS: list[dict[str, Any]] = [
    {"op": "resize", "width": 90, "height": 90, "position": "smart"},
    {"op": "crop", "width": 0.5, "height": 0.5, "unit": "fraction"},
    {"op": "trim"},
    {"op": "rotate", "angle": 7},
    {"op": "flip"},
    {"op": "flop"},
    {"op": "pad", "top": 3, "background": "#123456"},
    {"op": "round", "radius": 9},
    {"op": "grayscale"},
    {"op": "flatten"},
    {"op": "blur", "sigma": 3},
    {"op": "sharpen"},
    {"op": "adjust", "brightness": 1.1, "contrast": 0.9, "saturation": 1.2, "gamma": 1.3},
    {"op": "tint", "color": "#336699"},
    {"op": "sepia"},
    {"op": "watermark", "text": "© Ωμέγα Ёлка", "angle": 9},
]
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "JPEG2000", "ICO", "PPM"]


@pytest_asyncio.fixture(scope="module")
async def pool() -> AsyncIterator[ChildPool]:
    """One real child."""
    async with ChildPool(1) as pool:
        yield pool


def bare(data: bytes, work: Instructions = WORK) -> ProcessedImage | str:
    """Return what the pipeline makes in this process, or the code of its error."""
    try:
        return process(data, work)
    except ImageError as error:
        return error.code


async def sandboxed(pool: ChildPool, data: bytes, work: Instructions = WORK) -> ProcessedImage | str:
    """Return the same from a child."""
    result = (await pool.process(data, work, owner="one")).result
    return result.code if isinstance(result, ImageError) else result


@pytest.mark.parametrize("image_format", FORMATS)
async def test_every_format_gives_the_same_outcome_in_the_sandbox(pool: ChildPool, image_format: str) -> None:
    data = encoded(photo(240, 160), image_format)
    assert await sandboxed(pool, data) == bare(data)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation["op"])
async def test_every_operation_gives_the_same_outcome_in_the_sandbox(
    pool: ChildPool, operation: dict[str, Any]
) -> None:
    variant = Variant.model_validate({"name": "one", "operations": [operation], "output": {"format": "png"}})
    work = Instructions(variants=(variant,), describe=False)
    data = encoded(photo(240, 160, "RGBA"), "PNG")
    made = await sandboxed(pool, data, work)
    assert isinstance(made, ProcessedImage)
    assert isinstance(made.outcomes[0], EncodedVariant)
    assert made == bare(data, work)


async def test_an_overlay_gives_the_same_outcome_in_the_sandbox(pool: ChildPool) -> None:
    logos = {Overlay(job_id=str(UUID(int=number)), variant="logo"): photo(40, 40 + number, "RGBA") for number in (1, 2)}
    steps = tuple(Watermark(op="watermark", image=overlay, angle=20) for overlay in logos)
    work = Instructions(
        variants=(Variant(name="both", operations=steps), Variant(name="one", operations=steps[:1])),
        describe=False,
        overlays={overlay: encoded(logo, "WEBP") for overlay, logo in logos.items()},
    )
    data = encoded(photo(240, 160), "PNG")
    made = await sandboxed(pool, data, work)
    assert isinstance(made, ProcessedImage)
    assert all(isinstance(one, EncodedVariant) for one in made.outcomes)
    assert made == bare(data, work)


def test_all_operations_are_listed_here() -> None:
    schema = TypeAdapter[object](AnyOperation).json_schema()
    assert {operation["op"] for operation in OPERATIONS} == set(schema["discriminator"]["mapping"])


async def test_an_animation_gives_the_same_outcome_in_the_sandbox(pool: ChildPool) -> None:
    data = animation(64, 48, 5)
    assert await sandboxed(pool, data) == bare(data)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"\xff\xd8\xff\xe0" + bytes(100), encoded(photo(64, 64), "PNG")[:-40]]
)
async def test_a_broken_file_gives_the_same_outcome_in_the_sandbox(pool: ChildPool, data: bytes) -> None:
    assert await sandboxed(pool, data) == bare(data)


@pytest.mark.parametrize("path", [*corpus_params("formats/*.*"), *corpus_params("malformed/**/*.*")])
async def test_files_of_the_corpus_give_the_same_outcome_in_the_sandbox(pool: ChildPool, path: Path) -> None:
    data = path.read_bytes()  # noqa: ASYNC240 - nothing else runs meanwhile
    assert await sandboxed(pool, data) == bare(data)
