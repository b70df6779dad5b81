"""Headers that every answer has, whichever route gave it: an ASGI middleware."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_UNLESS_SAID_OTHERWISE: Final = {
    "Cache-Control": "no-store",
    # An answer that a browser shows as a page, for whatever reason, loads nothing, runs nothing and is framed nowhere.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
_HTTPS_ONLY: Final = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
"""For a year. Not in development, where plain HTTP on localhost would be gone with it."""


class SecurityHeaders:
    """No guessing of types, no scripts, no frames, no referrers, and nothing kept by caches.

    What may be cached and what a page may load can be said otherwise by the route.
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
                for name, value in _UNLESS_SAID_OTHERWISE.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, add)
