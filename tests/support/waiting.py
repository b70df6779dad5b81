"""Waiting for what sends no event, such as another process."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Final

_POLL_SECONDS: Final = 0.05


async def until(condition: Callable[[], bool | Awaitable[bool]], *, seconds: float = 20) -> None:
    """Return as soon as the condition, asked again and again, is true. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while True:
            answer = condition()
            if await answer if inspect.isawaitable(answer) else answer:
                return
            await asyncio.sleep(_POLL_SECONDS)
