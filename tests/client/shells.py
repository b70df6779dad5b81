"""Both shells of the client behind the interface of the async one, so that one test runs both."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from contextlib import asynccontextmanager
from enum import StrEnum
from functools import partial
from typing import Any, Final, cast

from darkroom_client import AsyncClient, Client, RetryPolicy

EAGER: Final = RetryPolicy(first_pause=0.01)
"""Does not make tests wait."""


class Shell(StrEnum):
    """The client that a test runs."""

    BLOCKING = "blocking"
    ASYNC = "async"


class Threaded:
    """A blocking client whose calls run in threads."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)
        return partial(_items, method) if name in {"changes", "events", "jobs"} else partial(asyncio.to_thread, method)


@asynccontextmanager
async def opened(
    shell: Shell, url: str, key: str | None = None, retry_policy: RetryPolicy = EAGER
) -> AsyncIterator[AsyncClient]:
    """A client for the length of a `with` block."""
    if shell is Shell.ASYNC:
        async with AsyncClient(url, key, retry_policy=retry_policy) as client:
            yield client
        return
    with Client(url, key, retry_policy=retry_policy) as blocking:
        yield cast("AsyncClient", Threaded(blocking))


async def _items(
    method: Callable[..., Generator[Any, None, None]], *args: Any, **named: Any
) -> AsyncGenerator[Any, None]:
    items = method(*args, **named)
    try:
        while (item := await asyncio.to_thread(next, items, None)) is not None:
            yield item
    finally:
        items.close()
