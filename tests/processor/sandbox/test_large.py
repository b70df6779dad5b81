"""The largest images that are accepted fit into the limits of a child. They have one colour, which encodes fast."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image

from darkroom.errors import ImageError
from darkroom.limits import MAX_PIXELS
from darkroom.recipes import Variant, load_presets
from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, Outcome
from darkroom_processor.sandbox.limits import Limits
from darkroom_processor.sandbox.pool import ChildPool
from tests.processor.pipeline.running import variant
from tools.testbed.images import encoded

pytestmark = pytest.mark.slow

SIDE = 7071
"""Pixels a side of a square of 49,999,041 pixels."""


@pytest_asyncio.fixture(scope="module")
async def pool() -> AsyncIterator[ChildPool]:
    """One real child."""
    async with ChildPool(1) as pool:
        yield pool


async def outcomes(pool: ChildPool, data: bytes, *variants: Variant) -> tuple[Outcome, ...]:
    result = (await pool.process(data, Instructions(variants=variants, describe=True), owner="one")).result
    assert not isinstance(result, ImageError), result
    return result.outcomes


def flat(mode: str, image_format: str, side: int = SIDE, **options: Any) -> bytes:
    color = {"RGB": (10, 120, 200), "RGBA": (10, 120, 200, 128)}[mode]
    return encoded(Image.new(mode, (side, side), color), image_format, **options)


def test_the_square_is_the_largest_within_the_pixel_limit() -> None:
    assert SIDE**2 <= MAX_PIXELS < (SIDE + 1) ** 2


async def test_a_large_transparent_png_is_rotated_by_any_angle_and_resized(pool: ChildPool) -> None:
    turned = variant([{"op": "rotate", "angle": 45, "background": "transparent"}, {"op": "resize", "width": 300}])
    (made,) = await outcomes(pool, flat("RGBA", "PNG", compress_level=1), turned)
    assert isinstance(made, EncodedVariant), made
    assert (made.width, made.height) == (300, 300)


async def test_a_large_opaque_webp_becomes_grey(pool: ChildPool) -> None:
    (made,) = await outcomes(pool, flat("RGB", "WEBP", method=0), *load_presets()["grayscale"].variants)
    assert isinstance(made, EncodedVariant), made
    assert (made.width, made.height) == (SIDE, SIDE)


@pytest.mark.parametrize(("mode", "image_format"), [("RGB", "avif"), ("RGBA", "webp")])
async def test_only_the_variant_whose_encoder_runs_out_of_memory_fails(mode: str, image_format: str) -> None:
    small = variant([{"op": "resize", "width": 64}], {"format": image_format}, name="small")
    large = variant([], {"format": image_format}, name="large")
    async with ChildPool(1, limits=Limits(memory_bytes=340 * 1024**2)) as tight:
        failed, made = await outcomes(tight, flat(mode, "PNG", 4000), large, small)
    assert isinstance(failed, FailedVariant)
    assert failed.code == "memory_limit"
    assert isinstance(made, EncodedVariant)
