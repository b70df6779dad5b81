"""Disrupts services while clients use the system: kills, stops, freezes, failing calls."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence

from darkroom_local.service import Service
from tests.support.interceptions import Flaky, LostAnswers
from tests.system.faults.rig import VISIBILITY_SECONDS, Rig
from tests.system.restartable_system import children_of, frozen


class Disruptor:
    """Disrupts its services, one at a time, and restores them. `done` counts the disruptions."""

    def __init__(self, rig: Rig, services: Sequence[Service], random_source: random.Random) -> None:
        self.done: Counter[str] = Counter()
        self._services = services
        self._arena = rig
        self._random = random_source

    async def act(self, until: Callable[[], bool]) -> None:
        """Disrupt services until `until` returns True."""
        ways = (self._kill, self._kill, self._stop, self._freeze, self._kill_frozen, self._fail_calls)
        while not until():
            service = self._random.choice(self._services)
            disruption = self._random.choice(ways)
            await disruption(service)
            self.done[f"{disruption.__name__.strip('_')} {service.name}"] += 1
            await asyncio.sleep(self._random.uniform(0.2, 2))

    async def _kill(self, service: Service) -> None:
        await service.kill()
        await self._restart(service)

    async def _stop(self, service: Service) -> None:
        await service.stop()
        await self._restart(service)

    async def _freeze(self, service: Service) -> None:
        """Freeze the service, sometimes so long that others take over its messages."""
        with frozen({service.pid, *children_of(service)}):
            await asyncio.sleep(self._random.uniform(0.2, 2 * VISIBILITY_SECONDS))

    async def _kill_frozen(self, service: Service) -> None:
        """Kill the service in the middle of its work, even while it decodes."""
        with frozen({service.pid, *children_of(service)}):
            await asyncio.sleep(self._random.uniform(0, VISIBILITY_SECONDS))
            await service.kill()
        await self._restart(service)

    async def _fail_calls(self, service: Service) -> None:
        """Let calls to AWS fail often, or lose their answers."""
        interception = self._random.choice((Flaky(0.3, self._random), LostAnswers()))
        with self._arena.proxies[service.name].intercepted(interception):
            await asyncio.sleep(self._random.uniform(0.5, 4))

    async def _restart(self, service: Service) -> None:
        await asyncio.sleep(self._random.uniform(0, 1))
        await service.start()
        await service.ready(seconds=60)
