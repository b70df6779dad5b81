"""Security headers of every response: an ASGI middleware."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_DEFAULTS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    # If a browser shows a response as a page, it loads nothing, runs nothing, and no page may frame it.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
_HTTPS_ONLY: Final = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
"""HTTPS for a year. Not in development: it would end plain HTTP on localhost."""


class SecurityHeaders:
    """Forbids guessed types, scripts, frames, referrers and caching.

    A route may set its own `Cache-Control`, `Content-Security-Policy` and `Cross-Origin-Resource-Policy`.
    """

    def __init__(self, app: ASGIApp, *, development: bool) -> None:
        self._app = app
        self._always = _ALWAYS if development else _ALWAYS | _HTTPS_ONLY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._always)
                for name, value in _DEFAULTS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, add)
