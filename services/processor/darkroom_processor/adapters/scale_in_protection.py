"""Protection of a task: while this one works, ECS picks others to stop when it scales in.

A convenience, not a safeguard: a task that is stopped finishes what it has or hands it back. Protection saves the
handing back. Only on ECS, whose agent is found by `ECS_AGENT_URI`.

ECS stops a protected task for a deployment as little as for scaling in: it waits, and sends no signal. Under a backlog
a task has work in hand at every moment, so that a deployment would wait until it fails. Protection therefore comes in
stretches, and between two of them any task can be replaced:

    in hand      ████████████████████████████████████████
    protected    ├── 5 min ──┤           ├── 5 min ──┤
    replaceable              ├── 5 min ──┤           ├──
"""

import asyncio
import math
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import aiohttp

from darkroom.runtime.consumer import Handler
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Delivery

_LOG = get_logger(__name__)

_LOOK_SECONDS: Final = 10.0
_MINUTES: Final = 2
"""How long ECS protects a task that stops asking, at most."""
_RENEW_SECONDS: Final = 60.0
_STRETCH_SECONDS: Final = 300.0
"""How long a task that always works is protected without a break."""
_BREAK_SECONDS: Final = 300.0
"""How long it is not, after that: enough for ECS to notice, and to replace many tasks a few at a time."""
_ANSWER_SECONDS: Final = 5.0


class ScaleInProtection:
    """Asks the ECS agent for protection while messages are in hand, and gives it up when none is, or for a break."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        agent_uri: str,
        *,
        look_seconds: float = _LOOK_SECONDS,
        stretch_seconds: float = _STRETCH_SECONDS,
        break_seconds: float = _BREAK_SECONDS,
    ) -> None:
        self._http = http
        self._url = f"{agent_uri}/task-protection/v1/state"
        self._look_seconds = look_seconds
        self._stretch_seconds = stretch_seconds
        self._break_seconds = break_seconds
        self._in_hand = 0
        self._protected_at: float | None = None
        """When ECS last granted it."""
        self._began_at = -math.inf
        """When the stretch did that the last grant belongs to."""

    def guard(self, handler: Handler) -> Handler:
        """The same handler, its messages counted."""

        async def handle(delivery: Delivery) -> None:
            self._in_hand += 1
            try:
                await handler(delivery)
            finally:
                self._in_hand -= 1

        return handle

    async def run(self, stop: asyncio.Event) -> None:
        """Look every few seconds until `stop` is set, then give protection up."""
        while not stop.is_set():
            await self._follow()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._look_seconds)
        if self._protected_at is not None:
            await self._ask(protect=False)

    async def _follow(self) -> None:
        now = asyncio.get_running_loop().time()
        stretch_ends = self._began_at + self._stretch_seconds
        if self._protected_at is None:
            on_break = stretch_ends <= now < stretch_ends + self._break_seconds
            if self._in_hand and not on_break and await self._ask(protect=True):
                self._protected_at = now
                self._began_at = now if now >= stretch_ends else self._began_at
        elif not self._in_hand:
            if await self._ask(protect=False):
                self._protected_at, self._began_at = None, -math.inf
        elif now >= stretch_ends:
            # If this is not heard, what was granted last expires within the break.
            await self._ask(protect=False)
            self._protected_at = None
        elif now - self._protected_at > _RENEW_SECONDS:
            self._protected_at = now if await self._ask(protect=True) else None

    async def _ask(self, *, protect: bool) -> bool:
        wanted = {"ProtectionEnabled": True, "ExpiresInMinutes": _MINUTES} if protect else {"ProtectionEnabled": False}
        try:
            async with self._http.put(self._url, json=wanted) as answer:
                body = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            _LOG.warning("protection_failed", protect=protect, reason=str(error))
            return False
        if not answer.ok or "protection" not in body:
            _LOG.warning("protection_failed", protect=protect, reason=str(body))
            return False
        return True


@asynccontextmanager
async def ecs_protection() -> AsyncIterator[ScaleInProtection | None]:
    """The protection of the task that this process runs in; None anywhere but on ECS."""
    agent_uri = os.environ.get("ECS_AGENT_URI")
    if agent_uri is None:
        yield None
        return
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS)) as http:
        yield ScaleInProtection(http, agent_uri)
