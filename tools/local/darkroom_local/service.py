"""One of Darkroom's services as a process that can be started, asked, stopped and killed."""

import asyncio
import os
import sys
from collections.abc import Mapping
from typing import Final

import httpx

from darkroom_local.child import Child, LineSink
from darkroom_local.log import Log
from darkroom_local.ports import LOOPBACK

STOP_SECONDS: Final = 10
"""Seconds that a service has to drain before it is killed."""

_POLL_SECONDS: Final = 0.1


class ServiceFailed(Exception):
    """A service ended before it was ready, or took too long."""


class Service:
    """The process `python -m <module>` on a port. It can be started again after it ended, and keeps its log."""

    def __init__(
        self, name: str, module: str, *, port: int, environment: Mapping[str, str], sink: LineSink | None = None
    ) -> None:
        self.name = name
        self.module = module
        self.port = port
        self.url = f"http://{LOOPBACK}:{port}"
        self.log = Log()
        self._command = (sys.executable, "-m", module)
        self._environment = {**_inherited(), **environment, "DARKROOM_PORT": str(port)}
        self._sink = sink
        self._child: Child | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process runs. It may still be starting, or draining."""
        return self._child is not None and self._child.is_running

    @property
    def pid(self) -> int:
        """The process id of the last start."""
        return self._started.pid

    async def start(self) -> None:
        """Start the process. `ready` waits until it can work."""
        self._child = await Child.start(self._command, environment=self._environment, sink=self._take)

    async def is_ready(self, client: httpx.AsyncClient) -> bool:
        """Whether `/readyz` says 200 now."""
        try:
            answer = await client.get(f"{self.url}/readyz")
        except httpx.TransportError:
            return False
        return answer.is_success

    async def ready(self, *, seconds: float = 60) -> None:
        """Wait until `/readyz` says 200. Raises ServiceFailed if the process or the time ends first."""
        try:
            async with asyncio.timeout(seconds), httpx.AsyncClient(trust_env=False) as client:
                while not await self.is_ready(client):
                    if not self.is_running:
                        raise ServiceFailed(f"{self.name} ended with status {await self.wait()}:\n{self.log}")
                    await asyncio.sleep(_POLL_SECONDS)
        except TimeoutError as error:
            raise ServiceFailed(f"{self.name} was not ready within {seconds:.0f} seconds:\n{self.log}") from error

    async def wait(self) -> int:
        """Wait for the end of the process. Return its exit status, negative after a signal."""
        return await self._started.wait()

    async def stop(self, *, grace_seconds: float = STOP_SECONDS) -> int:
        """Send SIGTERM, and SIGKILL after the grace. Return the exit status."""
        return await self._started.stop(grace_seconds=grace_seconds)

    async def kill(self) -> int:
        """Send SIGKILL to the service and its children, as if a machine failed. Return the exit status."""
        self._started.kill()
        return await self.wait()

    @property
    def _started(self) -> Child:
        if self._child is None:
            raise RuntimeError(f"{self.name} was never started.")
        return self._child

    def _take(self, line: str) -> None:
        self.log.append(line)
        if self._sink:
            self._sink(line)


def _inherited() -> dict[str, str]:
    """Return this process's environment without AWS settings, which could lead a service to a real account."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
