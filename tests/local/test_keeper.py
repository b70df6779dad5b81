"""Services that are kept running, with a small Python module as the service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from darkroom_local.keeper import Keeper, RunFailed
from darkroom_local.ports import free_ports
from darkroom_local.service import Service
from tests.support.waiting import until

pytestmark = pytest.mark.slow

RUNS = "import time; print('runs', flush=True); time.sleep(60)"
ENDS = "print('ends', flush=True); raise SystemExit(7)"


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """Return the file of the service's code, which does not exist yet."""
    return tmp_path / "small_service.py"


def write(module: Path, program: str) -> None:
    module.write_text(program)


@asynccontextmanager
async def kept(module: Path, *, awaits_changes: bool = False) -> AsyncIterator[tuple[Keeper, "asyncio.Task[None]"]]:
    """Keep the module running, and stop it at the end."""
    service = Service("small", module.stem, port=free_ports(1)[0], environment={"PYTHONPATH": str(module.parent)})
    keeper = Keeper(service, awaits_changes=awaits_changes)
    running = asyncio.create_task(keeper.run())
    try:
        yield keeper, running
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        if service.is_running:
            await service.kill()


async def lines(keeper: Keeper, text: str, count: int) -> None:
    """Wait until the service has printed the text this often."""
    await until(lambda: len(keeper.service.log.find(text)) == count, seconds=30)


async def test_a_changed_service_restarts_at_once_with_its_new_code(module: Path) -> None:
    write(module, RUNS)
    async with kept(module, awaits_changes=True) as (keeper, _):
        await lines(keeper, "runs", 1)
        first = keeper.service.pid
        write(module, RUNS.replace("runs", "changed"))
        keeper.restart()
        await lines(keeper, "changed", 1)
        assert keeper.service.pid != first


async def test_restarts_for_changes_are_no_failures(module: Path) -> None:
    write(module, RUNS)
    async with kept(module) as (keeper, running):
        for count in range(1, 6):
            await lines(keeper, "runs", count)
            keeper.restart()
        await lines(keeper, "runs", 6)
        assert not running.done()


async def test_a_service_that_keeps_ending_fails_the_run(module: Path) -> None:
    write(module, ENDS)
    async with kept(module) as (keeper, running):
        with pytest.raises(RunFailed, match="small ended 3 times within a minute, at last with status 7"):
            await asyncio.wait_for(running, 30)
        assert len(keeper.service.log.find("ends")) == 3


async def test_a_service_that_keeps_ending_waits_for_a_change_if_changes_are_awaited(module: Path) -> None:
    write(module, ENDS)
    async with kept(module, awaits_changes=True) as (keeper, running):
        await lines(keeper, "ends", 3)
        await asyncio.sleep(1.5)
        assert len(keeper.service.log.find("ends")) == 3
        assert not running.done()
        write(module, RUNS)
        keeper.restart()
        await lines(keeper, "runs", 1)
