"""The pool survives its children, and the children do not survive the pool."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest
import structlog

from darkroom.errors import ImageError, ProcessorCrash, Unavailable
from darkroom.formats import ImageFormat
from darkroom.limits import MAX_VARIANTS
from darkroom.recipes import Fit, Resize, Variant
from darkroom.source_description import SourceDescription
from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, ProcessedImage
from darkroom_processor.pipeline.error_translation import translate_variant_errors
from darkroom_processor.sandbox.child_handle import ChildFailed
from darkroom_processor.sandbox.child_protocol import MAX_HEADER_BYTES, Usage, done, header_bytes
from darkroom_processor.sandbox.pool import ChildPool
from tests.processor.sandbox.misbehaving import MORTAL, answer, execute, misbehaving
from tests.processor.sandbox.mortal_child import KILLER
from tests.support.waiting import until
from tools.testbed.images import jpeg
from tools.testbed.processes import descendants, parent, running

pytestmark = pytest.mark.slow

WAYS_TO_FAIL = ["crash", "leave", "hang_up", "flood", "babble", "promise", "bug"]


@pytest.mark.parametrize("behaviour", WAYS_TO_FAIL)
async def test_an_image_that_kills_its_child_twice_fails(behaviour: str) -> None:
    async with misbehaving() as pool:
        ended = await execute(pool, behaviour)
        assert isinstance(ended.result, ProcessorCrash)
        assert "private" not in ended.result.message


async def test_an_image_gets_a_second_try_in_a_fresh_child() -> None:
    async with misbehaving(size=2) as pool:
        first = await answer(pool, "pid")
        # The child that worked last is used first. While it is stopped, the pool needs the other one too.
        os.kill(first, signal.SIGSTOP)
        held = asyncio.create_task(answer(pool, "pid"))
        await asyncio.sleep(0)
        second = await answer(pool, "pid")
        os.kill(first, signal.SIGCONT)
        assert await held == first
        assert await answer(pool, "crash_unless_fresh") not in {first, second}


async def test_an_image_whose_child_is_killed_from_outside_gets_a_second_try() -> None:
    async with misbehaving() as pool:
        first = await answer(pool, "pid")
        second = asyncio.create_task(answer(pool, "sleep_unless_fresh"))
        await asyncio.sleep(0)
        os.kill(first, signal.SIGKILL)
        assert await second != first


async def test_a_bug_in_one_variant_is_logged_and_ends_the_child_without_a_second_try() -> None:
    async with misbehaving() as pool:
        first = await answer(pool, "pid")
        with structlog.testing.capture_logs() as logs:
            ended = await execute(pool, "stumble")
        assert isinstance(ended.result, ProcessedImage)
        assert [outcome.name for outcome in ended.result.outcomes if isinstance(outcome, FailedVariant)] == ["answer"]
        assert [(log["event"], log["log_level"], log["detail"]) for log in logs] == [
            ("variant_crashed", "error", "LookupError\nhere:1 it")
        ]
        assert await answer(pool, "pid") != first


def test_bugs_of_all_variants_fit_into_one_header() -> None:
    failures = tuple(FailedVariant.of(f"variant-{number:0>40}", _bug(90)) for number in range(MAX_VARIANTS))
    description = SourceDescription(
        format=ImageFormat.JPEG,
        width=1,
        height=1,
        mode="RGB",
        has_alpha=False,
        frames=1,
        orientation=1,
        dpi=None,
        icc_profile=None,
        dominant_color="#000000",
        thumbhash="",
        exif={f"InteroperabilityIndex{number}": "ÿ" * 256 for number in range(64)},
        has_gps=False,
    )
    usage = Usage(cpu_ms=0, peak_bytes=0, resident_bytes=0)
    header, _ = done(ProcessedImage(description=description, outcomes=failures), usage)
    assert all(outcome.bug.startswith("ZeroDivisionError\n") for outcome in failures)
    assert len(header_bytes(header)) <= MAX_HEADER_BYTES


def _bug(depth: int) -> ProcessorCrash:
    """Return a bug whose traceback has `depth` calls."""
    try:
        with translate_variant_errors():
            _fail(depth)
    except ProcessorCrash as error:
        return error
    raise AssertionError


def _fail(depth: int) -> float:
    return _fail(depth - 1) if depth else 1 / depth


async def test_a_child_that_dies_while_idle_is_replaced() -> None:
    async with misbehaving() as pool:
        first = await answer(pool, "pid")
        os.kill(first, signal.SIGKILL)
        await until(lambda: not running({first}))
        assert await answer(pool, "pid") != first


async def test_a_crash_does_not_affect_images_in_other_children() -> None:
    async with misbehaving(size=2) as pool:
        rested, crashed = await asyncio.gather(answer(pool, "nap"), execute(pool, "crash"))
    assert rested == "rested"
    assert isinstance(crashed.result, ProcessorCrash)


async def test_cancelling_ends_the_work_at_once_and_frees_the_slot() -> None:
    async with misbehaving() as pool:
        first = await answer(pool, "pid")
        work = asyncio.create_task(execute(pool, "sleep"))
        await asyncio.sleep(0)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert await answer(pool, "pid") != first
        assert not running({first})


async def test_cancelling_a_waiting_image_ends_no_child() -> None:
    async with misbehaving() as pool:
        first = await answer(pool, "pid")
        ahead = asyncio.create_task(answer(pool, "nap"))
        waiting = asyncio.create_task(answer(pool, "pid"))
        await asyncio.sleep(0)
        waiting.cancel()
        assert await ahead == "rested"
        assert await answer(pool, "pid") == first


async def test_leaving_the_pool_ends_all_processes() -> None:
    async with misbehaving(size=2) as pool:
        pids = await asyncio.gather(answer(pool, "pid"), answer(pool, "pid"))
        assert running(set(pids)) == set(pids)
    assert not running(set(pids))


async def test_children_end_when_the_service_is_killed() -> None:
    service = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.processor.sandbox.doomed_service",
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert service.stdout is not None
    children = set(json.loads(await service.stdout.readline()))
    pids = descendants(service.pid)
    assert children < pids, "the template is another descendant"
    service.kill()
    await service.wait()
    await until(lambda: not running(pids))


async def test_entering_the_pool_fails_if_children_cannot_be_started() -> None:
    with pytest.raises(ChildFailed):
        async with ChildPool(2, command=(sys.executable, "-c", "raise SystemExit(1)")):
            pytest.fail("entered")


async def test_a_pool_whose_children_no_longer_start_is_not_ready(tmp_path: Path) -> None:
    """The template is killed while its program file is missing. Then the file comes back."""
    program = Path(__file__).with_name("misbehaving_child.py")
    link = tmp_path / "child.py"
    link.symlink_to(program)
    async with ChildPool(1, command=(sys.executable, "-I", "-B", str(link))) as pool:
        await pool.check()
        template = parent(await answer(pool, "pid"))
        link.unlink()
        os.kill(template, signal.SIGKILL)
        work = asyncio.create_task(answer(pool, "nap"))
        await until(lambda: _says_unavailable(pool))
        link.symlink_to(program)
        assert await work == "rested"
        await pool.check()


async def _says_unavailable(pool: ChildPool) -> bool:
    try:
        await pool.check()
    except Unavailable:
        return True
    return False


async def test_one_of_a_hundred_images_that_kills_its_child_harms_no_other() -> None:
    square = Resize(op="resize", width=16, height=16, fit=Fit.COVER)
    work = Instructions(variants=(Variant(name="square", operations=(square,)),), describe=True)
    sources = [jpeg(40 + number, 30) for number in range(100)]
    sources[40] = KILLER
    with structlog.testing.capture_logs() as logs:
        async with ChildPool(2, command=MORTAL) as pool:
            reports = await asyncio.gather(*(pool.process(source, work, owner="one") for source in sources))
    killed = reports.pop(40)
    assert isinstance(killed.result, ProcessorCrash)
    described = [_described_and_made(ended.result) for ended in reports]
    assert described == [((40 + number, 30), (16, 16)) for number in range(100) if number != 40]
    # Both were tries of the killer: no other image was tried twice.
    assert [log["event"] for log in logs] == ["child_failed", "child_failed"]


def _described_and_made(result: ProcessedImage | ImageError) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the size of the source and that of its only variant."""
    assert isinstance(result, ProcessedImage)
    assert result.description is not None
    (encoded,) = result.outcomes
    assert isinstance(encoded, EncodedVariant)
    return (result.description.width, result.description.height), (encoded.width, encoded.height)
