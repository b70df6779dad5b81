"""The cookie that carries a session's token. Scripts cannot read it, and most requests of other sites lack it."""

from typing import Final

from fastapi import Request, Response
from fastapi.security import APIKeyCookie

from darkroom_upload.sessions.session import LIFETIME

PRODUCTION_NAME: Final = "__Host-darkroom-session"
"""Browsers accept this prefix only from the host itself, over HTTPS and for all paths (RFC 6265bis, 4.1.3)."""
DEVELOPMENT_NAME: Final = "darkroom-session"
"""The name over plain HTTP, where browsers refuse the prefix and some of them any `Secure` cookie."""
_SCHEME: Final = "Session"


class SessionCookie:
    """Reads the cookie of a request, and sets and clears it in a response."""

    def __init__(self, *, development: bool) -> None:
        self.name = DEVELOPMENT_NAME if development else PRODUCTION_NAME
        self._secure = not development
        self.scheme = APIKeyCookie(
            name=self.name,
            scheme_name=_SCHEME,
            auto_error=False,
            description="The session that `POST /auth/login` begins. Requests that change something also need its "
            "`csrf_token`, in the header `X-CSRF-Token`. A request with an API key ignores the cookie.",
        )

    def token_in(self, request: Request) -> str | None:
        """Return the session's token, or None if the request has none."""
        return request.cookies.get(self.name) or None

    def put_in(self, response: Response, token: str) -> None:
        """Let the browser keep the token for a session's lifetime."""
        self._set(response, token, seconds=int(LIFETIME.total_seconds()))

    def clear_in(self, response: Response) -> None:
        """Let the browser forget the token."""
        self._set(response, "", seconds=0)

    def _set(self, response: Response, token: str, *, seconds: int) -> None:
        response.set_cookie(
            self.name, token, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax"
        )
