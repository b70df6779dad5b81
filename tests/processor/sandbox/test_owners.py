"""A child sees images of one owner only, and nothing that another child has seen."""

import asyncio
import os
import signal
import sys
from uuid import uuid4

import pytest

from darkroom_processor.sandbox.pool import ChildPool
from tests.processor.sandbox.misbehaving import answer, execute, misbehaving
from tests.support.waiting import until
from tools.testbed.processes import descendants, holds, parent, running

pytestmark = pytest.mark.slow

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


async def test_a_child_never_works_for_a_second_owner() -> None:
    async with misbehaving() as pool:
        owners = ["one", "two", "one", "one", "two"]
        pids = [await answer(pool, "pid", owner=owner) for owner in owners]
    first, second, third, fourth, fifth = pids
    assert third == fourth
    assert len({first, second, third, fifth}) == 4


@linux_only
async def test_the_memory_of_a_child_holds_nothing_of_another_owners_image() -> None:
    marker = uuid4().hex
    async with misbehaving() as pool:
        before = await answer(pool, f"pid {marker}", owner="one")
        # The search works: it finds the marker in the child that was given it.
        assert holds(before, marker.encode())
        after = await answer(pool, "pid", owner="two")
        assert not holds(after, marker.encode())
        assert not holds(parent(after), marker.encode())
        assert not running({before})


@linux_only
async def test_children_of_two_owners_share_no_open_file() -> None:
    async with misbehaving(size=2) as pool:
        slow = asyncio.create_task(answer(pool, "nap", owner="one"))
        await asyncio.sleep(0)
        kinds = await answer(pool, "open_files", owner="two")
        await slow
        again = await answer(pool, "open_files", owner="one")
    assert kinds == again == ["file", "file", "file", "connection", "file"]


async def test_an_idle_child_of_the_owner_is_used_before_another_is_forked() -> None:
    async with misbehaving(size=2) as pool:
        pids = [await answer(pool, "pid", owner=owner) for owner in ["one", "two"] * 3]
    assert pids == pids[:2] * 3


async def test_the_child_that_was_idle_longest_is_replaced() -> None:
    async with misbehaving(size=2) as pool:
        first, second = [await answer(pool, "pid", owner=owner) for owner in ("one", "two")]
        third = await answer(pool, "pid", owner="three")
        assert await answer(pool, "pid", owner="two") == second
        assert await answer(pool, "pid", owner="three") == third
        assert await answer(pool, "pid", owner="one") != first


@linux_only
async def test_there_are_never_more_children_than_slots_and_no_zombies() -> None:
    async with misbehaving(size=2) as pool:
        template = parent(await answer(pool, "pid"))
        for number in range(12):
            await answer(pool, "pid", owner=str(number))
            assert len(descendants(template)) <= 2
        await execute(pool, "leave", owner="one")
        await execute(pool, "bug", owner="two")
        await until(lambda: running(descendants(template)) == descendants(template))


@linux_only
async def test_a_killed_template_ends_its_children_and_is_replaced() -> None:
    async with misbehaving(size=2) as pool:
        idle, working = [await answer(pool, "pid", owner=owner) for owner in ("one", "two")]
        template = parent(idle)
        busy = asyncio.create_task(answer(pool, "sleep_unless_fresh", owner="two"))
        await asyncio.sleep(0)
        os.kill(template, signal.SIGKILL)
        assert parent(await busy) != template
        assert parent(await answer(pool, "pid", owner="one")) != template
        await until(lambda: not running({idle, working, template}))


@linux_only
async def test_another_template_with_another_memory_layout_takes_over_after_a_crash() -> None:
    async with misbehaving(size=2) as pool:
        first = await answer(pool, "pid", owner="one")
        template = parent(first)
        resting = asyncio.create_task(answer(pool, "rest", owner="one"))
        await asyncio.sleep(0)
        await execute(pool, "crash", owner="two")
        await until(lambda: _has_other_template(pool, template))
        # A child of the previous template finishes its image, and then both end.
        assert await resting == first
        await until(lambda: not running({first, template}))


async def _has_other_template(pool: ChildPool, former: int) -> bool:
    """Return whether a child of a new owner has another template."""
    return parent(await answer(pool, "pid", owner=str(uuid4()))) != former


@linux_only
async def test_a_child_ends_if_its_template_ended_before_it_was_bound_to_it() -> None:
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", ORPHAN)
    assert await ended.wait() == 1


ORPHAN = """
from darkroom_processor.sandbox.confinement import confine_child
from darkroom_processor.sandbox.limits import Limits
confine_child(Limits(), template=4_000_000)
"""
