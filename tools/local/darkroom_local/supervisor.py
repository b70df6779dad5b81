"""The whole system on this machine, from one command until one signal: the emulator, its resources, three services.

    SIGINT, SIGTERM or SIGHUP → the run is cancelled → the services drain, those that take too long are killed
    → the emulator stops → exit status 0. A second signal ends the draining: what still runs is killed.

A service that ends is started again, as ECS does; one that keeps ending ends the run with status 1. With `--reload`, a
service restarts when its code changes, and one that keeps ending waits for that. With `--keep`, the emulator writes its
state when it stops, and the next run begins with it.
"""

import argparse
import asyncio
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from darkroom.runtime.settings import load_settings
from darkroom.topology import Topology
from darkroom_local.bootstrap import PREFIX, bootstrap
from darkroom_local.clients import open_clients
from darkroom_local.console import banner, sink_of, tell
from darkroom_local.emulator import Emulator, EmulatorFailed, running_emulator
from darkroom_local.keeper import Keeper, RunFailed
from darkroom_local.ports import is_free
from darkroom_local.reload import restart_on_changes
from darkroom_local.sample import write_sample
from darkroom_local.service import STOP_SECONDS
from darkroom_local.settings import LocalSettings
from darkroom_local.system import Ports, System

KEPT: Final = Path("out/emulator")
"""Folder of the emulator's state between runs. Relative like `SAMPLE`."""
SAMPLE: Final = Path("out/sample.png")
"""Relative to the folder in which the command runs, as in the curl line of the banner."""

_READY_SECONDS: Final = 60
_POLL_SECONDS: Final = 0.1
_TO_TERMINAL: Final = {
    "DARKROOM_LOG_FORMAT": "text",
    # Twice as long as in tests, which stop services often: an idle system then polls half as often.
    "DARKROOM_RECEIVE_WAIT_SECONDS": "2",
}


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line asks for."""

    reload: bool = False
    """Whether a service restarts when its code changes."""
    keep: bool = False
    """Whether the state of the emulator is kept for the next run."""


def main() -> None:
    """Run the system. The exit status is 0 after a signal, 1 if the system fails, 2 for invalid settings."""
    options = _options()
    settings = load_settings(LocalSettings)
    try:
        asyncio.run(_until_signal(settings, options))
    except (RunFailed, EmulatorFailed) as failure:
        sys.exit(f"\nDarkroom cannot run: {failure}")


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="python -m darkroom_local", description="Run the whole system until Ctrl-C.")
    parser.add_argument("--reload", action="store_true", help="restart a service when its code changes")
    parser.add_argument("--keep", action="store_true", help=f"keep the emulator's state in {KEPT} for the next run")
    return Options(**vars(parser.parse_args()))


async def _until_signal(settings: LocalSettings, options: Options) -> None:
    hurry = asyncio.Event()
    run = asyncio.create_task(_run(settings, options, hurry))

    def stop() -> None:
        if run.cancelling():
            # No second cancellation: it would be lost if the first one has not taken effect yet.
            tell("killing what still runs")
            hurry.set()
        else:
            tell("stopping; a second signal hurries")
            run.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    with suppress(asyncio.CancelledError):
        await run
    tell("stopped")


async def _run(settings: LocalSettings, options: Options, hurry: asyncio.Event) -> None:
    """Run until cancelled. Raises RunFailed and EmulatorFailed."""
    for variable, port in settings.by_variable.items():
        if not is_free(port):
            raise RunFailed(f"port {port} is taken. Free it, or set {variable} to another port.")
    write_sample(SAMPLE)
    kept = KEPT if options.keep else None
    async with running_emulator(port=settings.emulator_port, sink=sink_of("emulator"), kept=kept) as emulator:
        async with open_clients(emulator.endpoint_url) as clients:
            installation = await bootstrap(clients, Topology.named(PREFIX), endpoint_url=emulator.endpoint_url)
        ports = Ports(upload=settings.port, orchestrator=settings.orchestrator_port, processor=settings.processor_port)
        system = System(installation, ports=ports, environment=_TO_TERMINAL, sink_of=sink_of)
        await _keep_running(system, emulator, options, hurry)


async def _keep_running(system: System, emulator: Emulator, options: Options, hurry: asyncio.Event) -> None:
    keepers = [Keeper(service, awaits_changes=options.reload) for service in system.services]
    tasks = [asyncio.create_task(keeper.run()) for keeper in keepers]
    tasks += [asyncio.create_task(_announce(system, options)), asyncio.create_task(_watch(emulator))]
    if options.reload:
        tasks.append(asyncio.create_task(restart_on_changes(keepers)))
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _drain(system, hurry)


async def _drain(system: System, hurry: asyncio.Event) -> None:
    """Stop all services. Kill them after `hurry` is set, or if this is cancelled."""
    draining = asyncio.create_task(system.stop())
    hurrying = asyncio.create_task(hurry.wait())
    try:
        await asyncio.wait({draining, hurrying}, return_when=asyncio.FIRST_COMPLETED)
        hurried = not draining.done()
    finally:
        hurrying.cancel()
        if not draining.done():
            await system.kill()
        statuses = await draining
    for name, status in statuses.items():
        if status == -signal.SIGKILL and not hurried:
            tell(f"{name} had not drained after {STOP_SECONDS} seconds and was killed")


async def _announce(system: System, options: Options) -> None:
    """Wait until all services are ready, through restarts, and say so. Raises RunFailed, unless changes are awaited."""
    waiting = list(system.services)
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(int(_READY_SECONDS / _POLL_SECONDS)):
            waiting = [service for service in waiting if not await service.is_ready(client)]
            if not waiting:
                banner(
                    system.upload.port, system.installation.endpoint_url, SAMPLE, kept=KEPT if options.keep else None
                )
                return
            await asyncio.sleep(_POLL_SECONDS)
    names = ", ".join(service.name for service in waiting)
    text = f"not ready after {_READY_SECONDS} seconds: {names}."
    if not options.reload:
        raise RunFailed(text)
    tell(text)


async def _watch(emulator: Emulator) -> None:
    raise RunFailed(f"the emulator ended with status {await emulator.child.wait()}, and all state with it.")
