"""The process of a service: it serves HTTP, does background work, and drains on SIGTERM.

signal → `stop` is set: readiness fails, consumers receive no more → the background work ends by itself
       → the HTTP server finishes its requests and exits
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
"""Work that runs until the event is set, drains, and returns."""

_REQUEST_SECONDS: Final = 25
"""How long running requests may take after the stop."""
_KEEP_ALIVE_SECONDS: Final = 65
"""Longer than the idle timeout of a load balancer (60 s on AWS). A shorter time would close connections that the
balancer is about to use."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve`: the server must run until the background work has drained."""
        yield


async def serve(
    app: ASGIApp, background: Sequence[Background] = (), *, stop: asyncio.Event, host: str, port: int
) -> None:
    """Run until SIGTERM or SIGINT sets `stop`, then drain. Raises what a background work raises."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = _Server(configuration(app, host=host, port=port))
    # Imported modules and open clients live until the end. Excluding them from garbage collection saves pauses.
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
    """Return uvicorn's settings for a service. `more` are further ones, such as `host` and `port`."""
    return uvicorn.Config(
        app,
        http=Connection,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # uvicorn would believe any X-Forwarded-For from this machine. The upload service knows the number of proxies
        # in front of it, and reads the header itself.
        proxy_headers=False,
        timeout_keep_alive=keep_alive_seconds,
        timeout_graceful_shutdown=drain_seconds,
        **more,
    )


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()
