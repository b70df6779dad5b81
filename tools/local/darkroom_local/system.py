"""All of Darkroom's services on one installation."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Self

from darkroom_local.child import LineSink
from darkroom_local.installation import Installation
from darkroom_local.ports import LOOPBACK, free_ports
from darkroom_local.service import STOP_SECONDS, Service

SinkOf = Callable[[str], LineSink]
"""A function that returns the sink for the output of a service, by its name."""
EnvironmentOf = Callable[[str], Mapping[str, str]]
"""A function that returns variables for one service, by its name."""

_DRAIN_SECONDS: Final = 5
"""Seconds that a service gives its work at a stop. Less than `STOP_SECONDS`, after which it is killed."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Ports of the services. The first processor has `processor`, further ones have free ports."""

    upload: int
    orchestrator: int
    processor: int

    @classmethod
    def free(cls) -> Self:
        """Choose free ports."""
        upload, orchestrator, processor = free_ports(3)
        return cls(upload=upload, orchestrator=orchestrator, processor=processor)


class System:
    """All services. None runs until it is started. `url` is the address of the API."""

    def __init__(
        self,
        installation: Installation,
        *,
        ports: Ports | None = None,
        environment: Mapping[str, str] | None = None,
        environment_of: EnvironmentOf | None = None,
        sink_of: SinkOf | None = None,
    ) -> None:
        chosen = ports or Ports.free()
        self.installation = installation
        self._sink_of = sink_of
        self._environment_of = environment_of
        self._environment = {
            **installation.environment(),
            "DARKROOM_PUBLIC_BASE_URL": f"http://localhost:{chosen.upload}",
            "DARKROOM_ORCHESTRATOR_URL": f"http://{LOOPBACK}:{chosen.orchestrator}",
            "DARKROOM_DRAIN_SECONDS": str(_DRAIN_SECONDS),
            "PYTHONUNBUFFERED": "1",
            **(environment or {}),
        }
        self.upload = self._service("upload", "darkroom_upload", chosen.upload)
        self.orchestrator = self._service("orchestrator", "darkroom_orchestrator", chosen.orchestrator)
        self.processors = [self._service("processor", "darkroom_processor", chosen.processor)]
        self.url = self.upload.url

    @property
    def services(self) -> list[Service]:
        """All services."""
        return [self.upload, self.orchestrator, *self.processors]

    def add_processor(self) -> Service:
        """Add a processor, without starting it."""
        (port,) = free_ports(1)
        processor = self._service(f"processor-{len(self.processors) + 1}", "darkroom_processor", port)
        self.processors.append(processor)
        return processor

    async def start(self) -> None:
        """Start all services and wait until they are ready. Raises ServiceFailed."""
        for service in self.services:
            await service.start()
        await asyncio.gather(*(service.ready() for service in self.services))

    async def stop(self, *, grace_seconds: float = STOP_SECONDS) -> dict[str, int]:
        """Let all services drain at the same time, and kill those that take too long. Return exit statuses by name."""
        running = [service for service in self.services if service.is_running]
        statuses = await asyncio.gather(*(service.stop(grace_seconds=grace_seconds) for service in running))
        return {service.name: status for service, status in zip(running, statuses, strict=True)}

    async def kill(self) -> None:
        """Send SIGKILL to all services."""
        await asyncio.gather(*(service.kill() for service in self.services if service.is_running))

    def _service(self, name: str, module: str, port: int) -> Service:
        sink = self._sink_of(name) if self._sink_of else None
        own = self._environment_of(name) if self._environment_of else {}
        return Service(name, module, port=port, environment={**self._environment, **own}, sink=sink)


@asynccontextmanager
async def running_system(
    installation: Installation, *, processors: int = 1, environment: Mapping[str, str] | None = None
) -> AsyncIterator[System]:
    """Run a system on free ports, ready, for the length of a `with` block. Raises ServiceFailed."""
    system = System(installation, environment=environment)
    while len(system.processors) < processors:
        system.add_processor()
    try:
        await system.start()
        yield system
    finally:
        await system.stop()
