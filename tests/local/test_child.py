"""Child processes, with small Python programs as children."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from darkroom_local.child import Child
from darkroom_local.log import Log
from tests.support.waiting import until
from tools.testbed.processes import running

pytestmark = pytest.mark.slow

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
GENTLE = (
    "import signal, sys, time\n"
    "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))\n"
    "print('up', flush=True)\n"
    "time.sleep(60)"
)
PARENT = (
    "import subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "print(child.pid, flush=True)\n"
)


@asynccontextmanager
async def child(program: str) -> AsyncIterator[tuple[Child, Log]]:
    """Run a Python program as a child."""
    log = Log()
    started = await Child.start([sys.executable, "-c", program], environment={}, sink=log.append)
    try:
        yield started, log
    finally:
        started.kill()
        await started.wait()


async def test_output_and_errors_arrive_line_by_line() -> None:
    async with child("import sys; print('one'); print('two', file=sys.stderr); sys.stdout.write('thr€e')") as (it, log):
        assert await it.wait() == 0
    assert sorted(str(log).splitlines()) == ["one", "thr€e", "two"]


async def test_lines_of_any_length_are_read() -> None:
    async with child("print('x' * 3_000_000); print('end')") as (it, log):
        assert await it.wait() == 0
    lines = str(log).splitlines()
    assert lines[-1] == "end"
    assert sum(len(line) for line in lines) == 3_000_003


async def test_the_exit_status_is_returned() -> None:
    async with child("raise SystemExit(3)") as (it, _):
        assert await it.wait() == 3
        assert not it.is_running


async def test_a_stop_begins_with_sigterm() -> None:
    program = (
        "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(7)); print('up', flush=True); time.sleep(60)"
    )
    async with child(program) as (it, log):
        await log.wait_for("up")
        assert await it.stop(grace_seconds=10) == 7


async def test_a_child_that_does_not_stop_is_killed_after_the_grace() -> None:
    async with child(DEAF) as (it, log):
        await log.wait_for("deaf")
        assert await it.stop(grace_seconds=0.1) == -signal.SIGKILL


async def test_cancelling_the_stop_kills_at_once() -> None:
    async with child(DEAF) as (it, log):
        await log.wait_for("deaf")
        stopping = asyncio.create_task(it.stop(grace_seconds=60))
        await asyncio.sleep(0)
        stopping.cancel()
        with pytest.raises(asyncio.CancelledError):
            await stopping
        assert await it.wait() == -signal.SIGKILL


async def test_a_cancelled_wait_does_not_stop_the_child() -> None:
    async with child(DEAF) as (it, log):
        await log.wait_for("deaf")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(it.wait(), 0.01)
        assert it.is_running


async def test_children_of_a_child_are_killed_with_it() -> None:
    async with child(PARENT) as (it, log):
        assert await it.wait() == 0
    await until(lambda: not running({int(str(log))}))


async def test_a_child_is_in_a_session_of_its_own() -> None:
    async with child(DEAF) as (it, _):
        assert os.getsid(it.pid) == it.pid
        assert os.getsid(it.pid) != os.getsid(0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's death")
async def test_a_child_dies_with_a_parent_that_is_killed() -> None:
    parent = (
        "import asyncio, sys\n"
        "from darkroom_local.child import Child\n"
        "async def main():\n"
        "    command = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "    child = await Child.start(command, environment={}, sink=print)\n"
        "    print(child.pid, flush=True)\n"
        "    await child.wait()\n"
        "asyncio.run(main())\n"
    )
    async with child(parent) as (it, log):
        await until(lambda: bool(str(log)))
        grandchild = int(str(log))
        assert running({grandchild})
        os.kill(it.pid, signal.SIGKILL)
        await until(lambda: not running({grandchild}))
