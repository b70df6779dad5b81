"""Scale-in protection: while this task works, ECS picks others to stop.

A convenience, not a safeguard: a task that is stopped finishes what it has or hands it back. Protection saves the
handing back. Only on ECS, whose agent is found by `ECS_AGENT_URI`.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import aiohttp

from darkroom.consumer import Handler
from darkroom.logs import get_logger
from darkroom.queue import Delivery

_LOG = get_logger(__name__)

_LOOK_SECONDS: Final = 10.0
_MINUTES: Final = 2
"""How long ECS protects a task that stops asking, at most."""
_RENEW_SECONDS: Final = 60.0
_ANSWER_SECONDS: Final = 5.0


class TaskProtection:
    """Asks the ECS agent for protection while messages are in hand, and gives it up when none is."""

    def __init__(self, http: aiohttp.ClientSession, agent_uri: str, *, look_seconds: float = _LOOK_SECONDS) -> None:
        self._http = http
        self._url = f"{agent_uri}/task-protection/v1/state"
        self._look_seconds = look_seconds
        self._in_hand = 0
        self._protected_at: float | None = None

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
        """Look every few seconds until `stop` is set, then give protection up, so that a deployment goes on."""
        while not stop.is_set():
            await self._follow()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._look_seconds)
        if self._protected_at is not None:
            await self._ask(protect=False)

    async def _follow(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._in_hand and (self._protected_at is None or now - self._protected_at > _RENEW_SECONDS):
            self._protected_at = now if await self._ask(protect=True) else None
        elif not self._in_hand and self._protected_at is not None and await self._ask(protect=False):
            self._protected_at = None

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
async def ecs_protection() -> AsyncIterator[TaskProtection | None]:
    """The protection of the task that this process runs in; None anywhere but on ECS."""
    agent_uri = os.environ.get("ECS_AGENT_URI")
    if agent_uri is None:
        yield None
        return
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS)) as http:
        yield TaskProtection(http, agent_uri)
