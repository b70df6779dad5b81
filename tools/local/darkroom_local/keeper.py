"""Keeps a service running: it starts again after it ended, as on ECS, and after its code changed."""

import asyncio
import time
from collections import deque
from typing import Final

from darkroom_local.console import tell
from darkroom_local.service import Service

_RESTART_SECONDS: Final = 1
_DEATHS: Final = 3
_DEATHS_WITHIN_SECONDS: Final = 60


class RunFailed(Exception):
    """The system cannot be kept running."""


class Keeper:
    """Starts one service again whenever it ends. Cancelling the keeper leaves the service running."""

    def __init__(self, service: Service, *, awaits_changes: bool = False) -> None:
        self.service = service
        self._awaits_changes = awaits_changes
        """Whether a service that keeps ending waits for its code to change, and does not end the run."""
        self._changed = asyncio.Event()
        self._deaths: deque[float] = deque(maxlen=_DEATHS)

    def restart(self) -> None:
        """Stop the service and start it with its new code."""
        self._changed.set()

    async def run(self) -> None:
        """Keep the service running. Raises RunFailed if it ends too often, unless changes are awaited."""
        while True:
            await self.service.start()
            status = await self._end()
            if status is not None:
                await self._pause(status)

    async def _end(self) -> int | None:
        """Wait for the end of the process and return its exit status. Stop it after a change, and return None."""
        ending = asyncio.create_task(self.service.wait())
        changing = asyncio.create_task(self._changed.wait())
        try:
            await asyncio.wait({ending, changing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            changing.cancel()
        if not self._changed.is_set():
            return await ending
        await self.service.stop()
        self._forget()
        return None

    async def _pause(self, status: int) -> None:
        """Wait before the next start. Raises RunFailed if the service ends too often."""
        self._deaths.append(time.monotonic())
        if len(self._deaths) < _DEATHS or self._deaths[-1] - self._deaths[0] >= _DEATHS_WITHIN_SECONDS:
            tell(f"{self.service.name} ended with status {status}; it is started again")
            await asyncio.sleep(_RESTART_SECONDS)
            return
        ends = f"{self.service.name} ended {_DEATHS} times within a minute, at last with status {status}."
        if not self._awaits_changes:
            raise RunFailed(f"{ends} Its log above says why.")
        tell(f"{ends} It starts again when its code changes")
        await self._changed.wait()
        self._forget()

    def _forget(self) -> None:
        self._changed.clear()
        self._deaths.clear()
