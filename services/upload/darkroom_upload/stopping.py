"""Waits that end when the process stops."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress


async def until_either(stopping: asyncio.Task[bool], other: Awaitable[object]) -> None:
    """Wait for either. If the stop comes first, cancel the other."""
    task = asyncio.ensure_future(other)
    await asyncio.wait({stopping, task}, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
