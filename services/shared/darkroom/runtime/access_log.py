"""ASGI middleware that writes a log line and makes a span for each request."""

import time
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from darkroom.runtime import tracing
from darkroom.runtime.logs import get_logger
from darkroom.runtime.tracing import Kind, Span

_LOG = get_logger(__name__)

_PROBES: Final = frozenset({"/healthz", "/readyz"})
_LONGEST_METHOD: Final = 16
_LONGEST_PATH: Final = 256
"""Characters of a path in the log. A request line may have 64 kB, and logs cost by their length."""


class AccessLog:
    """Logs `request_handled` with method, path, status and milliseconds. Health probes are logged only if they fail."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, path = scope["method"][:_LONGEST_METHOD], scope["path"][:_LONGEST_PATH]
        began = time.perf_counter()
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        with tracing.incoming(Headers(scope=scope)), _span(method, path) as span:
            try:
                await self._app(scope, receive, watch)
            finally:
                _describe(span, method, scope, status)
                if path not in _PROBES or status >= 500:
                    _LOG.info(
                        "request_handled",
                        method=method,
                        path=path,
                        status=status,
                        ms=round((time.perf_counter() - began) * 1000, 1),
                    )


def _span(method: str, path: str) -> AbstractContextManager[Span]:
    """Return the span of a request, without the query, which may have secrets. Health probes have no span."""
    if path in _PROBES:
        return nullcontext(tracing.NO_SPAN)
    return tracing.span(method, Kind.SERVER, {"http.request.method": method, "url.path": path})


def _describe(span: Span, method: str, scope: Scope, status: int) -> None:
    route = getattr(scope.get("route"), "path", None)
    if route:
        span.update_name(f"{method} {route}")
        span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        tracing.mark_failed(span, str(status))
