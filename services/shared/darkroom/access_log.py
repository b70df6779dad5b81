"""One log line a request, and its trace: an ASGI middleware."""

import time
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from darkroom import tracing
from darkroom.logs import get_logger

_LOG = get_logger(__name__)

_PROBES: Final = frozenset({"/healthz", "/readyz"})
_LONGEST_METHOD: Final = 16
_LONGEST_PATH: Final = 256
"""In characters. A request line may have 64 kB, and a log is paid for by its length."""


class AccessLog:
    """Logs `request_handled` with method, path, status and milliseconds; probes only when they fail."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        with tracing.incoming(Headers(scope=scope)):
            try:
                await self._app(scope, receive, watch)
            finally:
                if scope["path"] not in _PROBES or status >= 500:
                    _LOG.info(
                        "request_handled",
                        method=scope["method"][:_LONGEST_METHOD],
                        path=scope["path"][:_LONGEST_PATH],
                        status=status,
                        ms=round((time.perf_counter() - began) * 1000, 1),
                    )
