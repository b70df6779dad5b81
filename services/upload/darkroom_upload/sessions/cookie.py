"""The cookie that carries a session's token: out of reach of scripts and, mostly, of other sites' pages."""

from typing import Final

from fastapi import Request, Response
from fastapi.security import APIKeyCookie

from darkroom_upload.sessions.session import LIFETIME

PRODUCTION_NAME: Final = "__Host-darkroom-session"
"""Browsers take a cookie of that prefix only from this very host, over HTTPS and for all paths (RFC 6265bis, 4.1.3)."""
DEVELOPMENT_NAME: Final = "darkroom-session"
"""Over plain HTTP browsers do not take the prefix, and some of them no `Secure` cookie either."""
_SCHEME: Final = "Session"


class SessionCookie:
    """Reads the cookie, gives it and takes it back."""

    def __init__(self, *, development: bool) -> None:
        self.name = DEVELOPMENT_NAME if development else PRODUCTION_NAME
        self._secure = not development
        self.scheme = APIKeyCookie(
            name=self.name,
            scheme_name=_SCHEME,
            auto_error=False,
            description="The session that `POST /auth/login` begins. Requests that change something also need its "
            "`csrf_token`, in the header `X-CSRF-Token`. Beside an API key it is not looked at.",
        )

    def of(self, request: Request) -> str | None:
        """The session's token, if the request has one."""
        return request.cookies.get(self.name) or None

    def give(self, response: Response, token: str) -> None:
        """Let the browser keep the token for as long as its session can last."""
        self._set(response, token, seconds=int(LIFETIME.total_seconds()))

    def take_back(self, response: Response) -> None:
        """Let the browser forget it."""
        self._set(response, "", seconds=0)

    def _set(self, response: Response, token: str, *, seconds: int) -> None:
        response.set_cookie(
            self.name, token, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax"
        )
