"""The log of a process, and waiting for its lines."""

import asyncio

import pytest

from darkroom_local.log import Log


def test_lines_are_found_by_what_they_contain() -> None:
    log = Log()
    for line in ("job_queued id=1", "job_ended id=1", "job_queued id=2"):
        log.append(line)
    assert log.find("job_queued") == ["job_queued id=1", "job_queued id=2"]
    assert log.find("nothing") == []


async def test_a_line_can_be_waited_for_before_it_comes() -> None:
    log = Log()
    waiting = asyncio.create_task(log.wait_for("second"))
    await asyncio.sleep(0)
    log.append("first")
    log.append("second")
    assert await waiting == "second"


async def test_waiting_for_a_line_that_never_comes_times_out() -> None:
    with pytest.raises(TimeoutError):
        await Log().wait_for("nothing", seconds=0.01)


def test_the_oldest_lines_are_forgotten() -> None:
    log = Log()
    for number in range(10_001):
        log.append(f"line {number};")
    assert log.find("line 0;") == []
    assert log.find("line 10000;")
