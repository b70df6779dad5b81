"""Scale-in protection: while this ECS task works, ECS stops other tasks when it scales in.

"Task" means an ECS task in this module: one running copy of the processor.

Protection saves work but is not needed for safety: a task that is stopped finishes its messages or returns them to the
queue. It exists only on ECS, whose agent is found by `ECS_AGENT_URI`.

A protected task is not stopped for a deployment either: ECS waits and sends no signal. With a backlog, a task always
has work in hand, and the deployment would wait until it fails. So protection is interrupted regularly, and any task can
be replaced in a break:

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

_CHECK_SECONDS: Final = 10.0
"""Pause between two checks whether work is in hand."""
_EXPIRY_MINUTES: Final = 2
"""Minutes after which ECS ends a protection that is not renewed."""
_RENEW_SECONDS: Final = 60.0
_STRETCH_SECONDS: Final = 300.0
"""Longest protection without a break."""
_BREAK_SECONDS: Final = 300.0
"""Length of a break: enough for ECS to notice, and to replace many tasks a few at a time."""
_ANSWER_SECONDS: Final = 5.0
"""Seconds that the agent has to answer."""


class ScaleInProtection:
    """Asks the ECS agent for protection while messages are in hand, and gives it up otherwise and for breaks."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        agent_uri: str,
        *,
        check_seconds: float = _CHECK_SECONDS,
        stretch_seconds: float = _STRETCH_SECONDS,
        break_seconds: float = _BREAK_SECONDS,
    ) -> None:
        self._http = http
        self._url = f"{agent_uri}/task-protection/v1/state"
        self._check_seconds = check_seconds
        self._stretch_seconds = stretch_seconds
        self._break_seconds = break_seconds
        self._in_hand = 0
        self._protected_at: float | None = None
        """Time of the event loop when ECS last granted protection; None while there is none."""
        self._began_at = -math.inf
        """Time of the event loop when the present stretch of protection began."""

    def guard(self, handler: Handler) -> Handler:
        """Return the handler with its messages counted as work in hand."""

        async def handle(delivery: Delivery) -> None:
            self._in_hand += 1
            try:
                await handler(delivery)
            finally:
                self._in_hand -= 1

        return handle

    async def run(self, stop: asyncio.Event) -> None:
        """Check every few seconds until `stop` is set, then give protection up."""
        while not stop.is_set():
            await self._update()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._check_seconds)
        if self._protected_at is not None:
            await self._ask(protect=False)

    async def _update(self) -> None:
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
            # If this request fails, the last grant expires during the break.
            await self._ask(protect=False)
            self._protected_at = None
        elif now - self._protected_at > _RENEW_SECONDS:
            self._protected_at = now if await self._ask(protect=True) else None

    async def _ask(self, *, protect: bool) -> bool:
        wanted = (
            {"ProtectionEnabled": True, "ExpiresInMinutes": _EXPIRY_MINUTES}
            if protect
            else {"ProtectionEnabled": False}
        )
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
    """Yield the protection of the task that this process runs in; None outside ECS."""
    agent_uri = os.environ.get("ECS_AGENT_URI")
    if agent_uri is None:
        yield None
        return
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS)) as http:
        yield ScaleInProtection(http, agent_uri)
