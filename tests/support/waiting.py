"""Waits for conditions that send no event, such as the state of another process."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Final

_POLL_SECONDS: Final = 0.05


async def until(condition: Callable[[], bool | Awaitable[bool]], *, seconds: float = 20) -> None:
    """Check the condition repeatedly, and return when it is true. Raises TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        while True:
            answer = condition()
            if await answer if inspect.isawaitable(answer) else answer:
                return
            await asyncio.sleep(_POLL_SECONDS)
