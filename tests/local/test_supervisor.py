"""`python -m darkroom_local`, as a person runs it."""

import asyncio
import os
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePath

import httpx
import pytest

from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.log import Log
from darkroom_local.ports import LOOPBACK, free_ports, is_free
from tests.support.api import open_api
from tests.support.waiting import until
from tools.testbed.images import jpeg
from tools.testbed.processes import descendants, running

pytestmark = pytest.mark.emulator

VARIABLES = ("DARKROOM_PORT", "DARKROOM_ORCHESTRATOR_PORT", "DARKROOM_PROCESSOR_PORT", "DARKROOM_EMULATOR_PORT")
READY = "Darkroom is ready."


class Run:
    """The command under test."""

    def __init__(self, process: Process, ports: dict[str, int]) -> None:
        self.process = process
        self.ports = ports
        self.log = Log()
        self._reading = asyncio.create_task(self._read())

    @property
    def url(self) -> str:
        """The API."""
        return f"http://localhost:{self.ports['DARKROOM_PORT']}"

    async def ready(self) -> None:
        """Wait for the banner. Fail with the log if it does not come."""
        banner = asyncio.create_task(self.log.wait_for(READY, seconds=60))
        await asyncio.wait({banner, self._reading}, return_when=asyncio.FIRST_COMPLETED)
        if not self.log.find(READY):
            pytest.fail(f"not ready:\n{self.log}")

    async def ended(self, *, seconds: float = 60) -> int:
        """Read all output, and return the exit status."""
        async with asyncio.timeout(seconds):
            await self._reading
            return await self.process.wait()

    def process_of(self, program: str) -> int:
        """Return the id of the process `python -m <program>` or `python .../<program>`."""
        for pid in descendants(self.process.pid):
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            if program in {PurePath(word).name for word in words[1:3]}:
                return pid
        raise LookupError(program)

    async def _read(self) -> None:
        assert self.process.stdout
        async for line in self.process.stdout:
            self.log.append(line.decode().rstrip())


@asynccontextmanager
async def started(folder: Path, *options: str, **environment: str) -> AsyncIterator[Run]:
    """Run the command on free ports, in a group of its own, as a shell does."""
    ports = dict(zip(VARIABLES, free_ports(4), strict=True))
    numbers = {name: str(port) for name, port in ports.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "darkroom_local",
        *options,
        cwd=folder,
        env={**os.environ, **numbers, **environment},
        stdout=PIPE,
        stderr=STDOUT,
        process_group=0,
    )
    run = Run(process, ports)
    try:
        yield run
    finally:
        if process.returncode is None:
            process.terminate()
        await run.ended()


def nothing_is_left(run: Run, processes: set[int]) -> bool:
    """Whether all processes have ended and all ports are free."""
    return not running(processes) and all(is_free(port) for port in run.ports.values())


async def test_the_banner_is_true_and_a_killed_service_restarts_and_ctrl_c_drains_all(
    tmp_path: Path,
) -> None:
    async with started(tmp_path) as run:
        await run.ready()
        await check_curl_line(run, tmp_path)
        await check_restart(run)
        processes = descendants(run.process.pid)
        os.killpg(run.process.pid, signal.SIGINT)
        assert await run.ended() == 0
    assert len(processes) >= 4
    assert nothing_is_left(run, processes)
    assert not run.log.find("KeyboardInterrupt")
    assert not run.log.find("Traceback")
    assert run.log.find("consumer_stopped")


async def check_curl_line(run: Run, folder: Path) -> None:
    """Paste the banner's line, and check that it uploads an image."""
    (line,) = run.log.find("curl ")
    assert re.search(rf"{re.escape(run.url)}/uploads$", line)
    curl = await asyncio.create_subprocess_shell(f"{line} -sS -i", cwd=folder, stdout=PIPE, stderr=STDOUT)
    output, _ = await curl.communicate()
    assert b" 202 " in output.splitlines()[0], output.decode()


async def check_restart(run: Run) -> None:
    """Kill the orchestrator, and check that another one takes its place."""
    first = run.process_of("darkroom_orchestrator")
    os.kill(first, signal.SIGKILL)
    await run.log.wait_for("orchestrator ended with status -9; it is started again")
    async with httpx.AsyncClient() as client:
        await until(lambda: answers(client, run.ports["DARKROOM_ORCHESTRATOR_PORT"]), seconds=60)
    assert run.process_of("darkroom_orchestrator") != first


async def answers(client: httpx.AsyncClient, port: int) -> bool:
    """Whether the service on the port is ready."""
    try:
        return (await client.get(f"http://{LOOPBACK}:{port}/readyz")).is_success
    except httpx.TransportError:
        return False


async def test_a_second_signal_kills_what_does_not_drain(tmp_path: Path) -> None:
    async with started(tmp_path) as run:
        await run.ready()
        processes = descendants(run.process.pid)
        os.kill(run.process_of("darkroom_processor"), signal.SIGSTOP)
        run.process.send_signal(signal.SIGINT)
        await run.log.wait_for("stopping")
        run.process.send_signal(signal.SIGINT)
        assert await run.ended() == 0
    assert nothing_is_left(run, processes)
    assert not run.log.find("had not drained"), "it was not waited for"


async def test_a_terminal_that_closes_during_the_start_stops_what_was_started(tmp_path: Path) -> None:
    async with started(tmp_path) as run:
        await until(lambda: len(descendants(run.process.pid)) >= 2, seconds=60)
        processes = descendants(run.process.pid)
        run.process.send_signal(signal.SIGHUP)
        assert await run.ended() == 0
    assert nothing_is_left(run, processes)


@pytest.mark.parametrize("variable", VARIABLES)
async def test_a_taken_port_is_named_and_nothing_is_started(tmp_path: Path, variable: str) -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        async with started(tmp_path, **{variable: str(port)}) as run:
            assert await run.ended() == 1
    assert run.log.find(f"port {port} is taken. Free it, or set {variable} to another port.")
    assert not run.log.find("emulator ")


async def test_the_same_port_twice_is_refused(tmp_path: Path) -> None:
    async with started(tmp_path, DARKROOM_PORT="8123", DARKROOM_EMULATOR_PORT="8123") as run:
        assert await run.ended() == 2
    assert run.log.find("must be different ports")


async def test_a_service_that_keeps_ending_ends_the_run(tmp_path: Path) -> None:
    async with started(tmp_path, DARKROOM_MAX_CONCURRENT_UPLOADS="many") as run:
        await until(lambda: len(descendants(run.process.pid)) >= 4, seconds=60)
        processes = descendants(run.process.pid)
        assert await run.ended() == 1
    assert run.log.find("DARKROOM_MAX_CONCURRENT_UPLOADS")
    assert run.log.find("ended 3 times within a minute, at last with status 2")
    assert nothing_is_left(run, processes)


async def test_the_end_of_the_emulator_ends_the_run(tmp_path: Path) -> None:
    async with started(tmp_path) as run:
        await until(lambda: len(descendants(run.process.pid)) >= 4, seconds=60)
        processes = descendants(run.process.pid)
        os.kill(run.process_of("ministack"), signal.SIGKILL)
        assert await run.ended() == 1
    assert run.log.find("the emulator ended with status -9")
    assert nothing_is_left(run, processes)


async def test_a_kept_state_has_jobs_and_results_of_the_run_before(tmp_path: Path) -> None:
    async with started(tmp_path, "--keep") as run:
        await run.ready()
        async with open_api(run.url, DEVELOPMENT_KEY) as api:
            job = await api.made(jpeg(64, 48), "grayscale")
            files = await api.files(job)
    assert "out/emulator for the next run" in str(run.log)
    async with started(tmp_path, "--keep") as run:
        await run.ready()
        async with open_api(run.url, DEVELOPMENT_KEY) as api:
            again = await api.job(job["job_id"])
            assert again["status"] == "completed"
            assert await api.files(again) == files
            assert (await api.made(jpeg(64, 48), "grayscale"))["status"] == "completed"


async def test_a_state_that_is_not_kept_is_forgotten(tmp_path: Path) -> None:
    async with started(tmp_path) as run:
        await run.ready()
    assert "forgets it all" in str(run.log)
    assert not (tmp_path / "out/emulator").exists()
