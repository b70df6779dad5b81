"""A service as a process: serve HTTP, do background work, and on SIGTERM drain before the server goes.

signal → `stop` is set (readiness says no, consumers receive no more) → the background work ends by itself
→ the HTTP server finishes the requests under way and exits.
"""

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

from darkroom.runtime.connections import MAX_HEAD_BYTES, Connection

Background = Callable[[asyncio.Event], Coroutine[None, None, None]]
"""Work that runs until the event is set and returns when it has drained."""

_REQUEST_SECONDS: Final = 25
"""How long requests under way may take after the stop."""
_KEEP_ALIVE_SECONDS: Final = 65
"""Longer than a load balancer's idle time-out (60 s on AWS), which else meets connections that just closed."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `serve`: the server is to outlive them until the background work has drained."""
        yield


async def serve(
    app: ASGIApp, background: Sequence[Background] = (), *, stop: asyncio.Event, host: str, port: int
) -> None:
    """Run until SIGTERM or SIGINT sets `stop`, then drain. The failure of a background work is raised."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = _Server(configuration(app, host=host, port=port))
    # What was imported and opened stays to the end: never to be looked through again saves pauses, and time to end.
    gc.freeze()
    async with asyncio.TaskGroup() as process:
        process.create_task(server.serve())
        async with asyncio.TaskGroup() as work:
            for start in background:
                work.create_task(start(stop))
            work.create_task(_until(stop))
        server.should_exit = True


def configuration(
    app: ASGIApp, *, keep_alive_seconds: int = _KEEP_ALIVE_SECONDS, drain_seconds: int = _REQUEST_SECONDS, **more: Any
) -> uvicorn.Config:
    """How a service speaks HTTP; `more` are uvicorn's own settings, such as where to listen."""
    return uvicorn.Config(
        app,
        http=Connection,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # A client's address is its peer's: from this machine anybody's X-Forwarded-For would be believed. Who is
        # behind proxies is told how many, and reads the header itself.
        proxy_headers=False,
        timeout_keep_alive=keep_alive_seconds,
        timeout_graceful_shutdown=drain_seconds,
        **more,
    )


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()
