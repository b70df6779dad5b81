"""The limits of one image."""

import asyncio

import pytest

from darkroom.errors import MemoryLimit, TimeLimit
from darkroom_processor.sandbox.limits import Limits
from tests.processor.sandbox.misbehaving import answer, execute, misbehaving

pytestmark = pytest.mark.slow


async def test_the_kernel_ends_an_image_that_takes_too_much_cpu_time() -> None:
    async with misbehaving(cpu_seconds=0.3) as pool:
        ended = await execute(pool, "spin")
    assert isinstance(ended.result, TimeLimit)
    assert ended.result.message == "The image took more than 0.3 seconds of CPU time."
    assert ended.cpu_ms == 300


async def test_the_cpu_timer_starts_again_with_each_image() -> None:
    async with misbehaving(cpu_seconds=0.5) as pool:
        first = await answer(pool, "pid")
        assert [await answer(pool, "burn") for _ in range(4)] == ["burnt"] * 4
        assert await answer(pool, "pid") == first


async def test_the_service_ends_an_image_that_hangs() -> None:
    async with misbehaving(wall_seconds=1.5) as pool:
        first = await answer(pool, "pid")
        ended = await execute(pool, "sleep")
        assert await answer(pool, "pid") != first
    assert isinstance(ended.result, TimeLimit)
    assert ended.result.message == "The image took longer than 1.5 seconds."


async def test_waiting_for_a_child_does_not_count_as_time_of_the_image() -> None:
    async with misbehaving(wall_seconds=2) as pool:
        answers = await asyncio.gather(*(answer(pool, "nap") for _ in range(8)))
    assert answers == ["rested"] * 8


async def test_an_image_that_needs_too_much_memory_fails_and_its_child_survives() -> None:
    async with misbehaving(memory_bytes=512 * 1024**2) as pool:
        first = await answer(pool, "pid")
        ended = await execute(pool, "hog")
        assert isinstance(ended.result, MemoryLimit)
        assert await answer(pool, "pid") == first


async def test_the_execution_says_what_an_image_cost() -> None:
    held = [bytes([1]) * 1024**2 for _ in range(300)]
    async with misbehaving() as pool:
        ended = await execute(pool, "burn")
    assert 190 <= ended.cpu_ms < 1000
    # This process holds 300 MB. The peak of getrusage would count them for the child too.
    assert 10 * 1024**2 < ended.peak_bytes < len(held) * 1024**2


async def test_a_child_is_replaced_after_its_maximum_of_images() -> None:
    async with misbehaving(max_images=3) as pool:
        pids = [await answer(pool, "pid") for _ in range(7)]
    assert len(set(pids[:3])) == len(set(pids[3:6])) == 1
    assert len(set(pids)) == 3


async def test_a_child_that_keeps_memory_is_replaced() -> None:
    async with misbehaving(max_resident_bytes=100 * 1024**2) as pool:
        first = await answer(pool, "keep")
        await answer(pool, "keep")
        assert await answer(pool, "pid") != first


def test_limits_survive_the_way_to_the_child() -> None:
    limits = Limits(cpu_seconds=0.5, max_images=3)
    assert Limits.from_json(limits.to_json()) == limits
