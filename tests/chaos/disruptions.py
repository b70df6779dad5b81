"""What is done to the services while clients are at work."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence

from darkroom_local.service import Service
from tests.support.interceptions import Flaky, LostAnswers
from tests.system.faults.rig import VISIBILITY_SECONDS, Rig
from tests.system.restartable_system import children_of, frozen


class Disruptor:
    """Harms its services, one at a time, and mends them. `done` counts what was done."""

    def __init__(self, rig: Rig, services: Sequence[Service], random_source: random.Random) -> None:
        self.done: Counter[str] = Counter()
        self._services = services
        self._arena = rig
        self._random = random_source

    async def act(self, until: Callable[[], bool]) -> None:
        """Do harm until it is time to stop."""
        ways = (self._kill, self._kill, self._stop, self._freeze, self._kill_frozen, self._disturb)
        while not until():
            service = self._random.choice(self._services)
            harm = self._random.choice(ways)
            await harm(service)
            self.done[f"{harm.__name__.strip('_')} {service.name}"] += 1
            await asyncio.sleep(self._random.uniform(0.2, 2))

    async def _kill(self, service: Service) -> None:
        await service.kill()
        await self._again(service)

    async def _stop(self, service: Service) -> None:
        await service.stop()
        await self._again(service)

    async def _freeze(self, service: Service) -> None:
        """Long enough, now and then, for others to take over what it has in hand."""
        with frozen({service.pid, *children_of(service)}):
            await asyncio.sleep(self._random.uniform(0.2, 2 * VISIBILITY_SECONDS))

    async def _kill_frozen(self, service: Service) -> None:
        """Die in the middle of whatever it is at, decoding included."""
        with frozen({service.pid, *children_of(service)}):
            await asyncio.sleep(self._random.uniform(0, VISIBILITY_SECONDS))
            await service.kill()
        await self._again(service)

    async def _disturb(self, service: Service) -> None:
        """AWS fails often, or answers get lost."""
        interception = self._random.choice((Flaky(0.3, self._random), LostAnswers()))
        with self._arena.proxies[service.name].intercepted(interception):
            await asyncio.sleep(self._random.uniform(0.5, 4))

    async def _again(self, service: Service) -> None:
        await asyncio.sleep(self._random.uniform(0, 1))
        await service.start()
        await service.ready(seconds=60)
