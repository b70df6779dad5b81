"""A browser's visit: its session cookie, and how a request proves that a page of ours made it.

Browsers send cookies with requests that other sites' pages make. `SameSite=Lax` holds back most of them, but not those
of other hosts of the same site. So a request that changes something is taken only

    from our own pages                  `Sec-Fetch-Site: same-origin`, or `Origin` where a browser does not send that
    or those of an origin that is set   `Origin` in DARKROOM_CORS_ORIGINS
    with the session's token            `X-CSRF-Token`, which only pages know that may read our answers

as OWASP's Cross-Site Request Forgery Prevention Cheat Sheet advises. Requests with an API key need none of it, since
no page can make a browser add one.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Self

from fastapi import Request

from darkroom.errors import Forbidden
from darkroom_upload.session import Session

COOKIE: Final = "__Host-darkroom-session"
"""Browsers take a cookie of that prefix only from this very host, over HTTPS and for all paths."""
DEVELOPMENT_COOKIE: Final = "darkroom-session"
"""Over plain HTTP the prefix is not allowed, and the attribute Secure is lost on some browsers."""
CSRF_HEADER: Final = "X-CSRF-Token"

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS: Final = "same-origin"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a request says of the browser that it comes from."""

    method: str
    cookies: dict[str, str]
    host: str = ""
    origin: str | None = None
    fetch_site: str | None = None
    csrf_token: str = ""

    @classmethod
    def of(cls, request: Request) -> Self:
        """The visit that a request is part of."""
        headers = request.headers
        return cls(
            method=request.method,
            cookies=request.cookies,
            host=headers.get("host", ""),
            origin=headers.get("origin"),
            fetch_site=headers.get("sec-fetch-site"),
            csrf_token=headers.get(CSRF_HEADER, ""),
        )

    def token(self, *, development: bool) -> str | None:
        """The session's token, if there is one."""
        return self.cookies.get(DEVELOPMENT_COOKIE if development else COOKIE)

    def check_origin(self, friends: Collection[str]) -> None:
        """Raise Forbidden when another site's page made the request, or nobody says whose page did."""
        if not self._is_ours() and self.origin not in friends:
            raise Forbidden("A page of another origin may not do this.")

    def check_login(self, friends: Collection[str]) -> None:
        """Raise Forbidden when another site's page made the request; programs that name no page may log in."""
        if self.origin is not None or self.fetch_site is not None:
            self.check_origin(friends)

    def check(self, session: Session, friends: Collection[str]) -> None:
        """Raise Forbidden unless the request only reads, or a page made it that may."""
        if self.method in _SAFE_METHODS:
            return
        self.check_origin(friends)
        if not hmac.compare_digest(self.csrf_token.encode("utf-8", "surrogatepass"), session.csrf_token.encode()):
            raise Forbidden(f"The header {CSRF_HEADER} must be the csrf_token of the session; GET /auth/me tells it.")

    def _is_ours(self) -> bool:
        if self.fetch_site is not None:
            return self.fetch_site == _OURS
        return bool(self.host) and self.origin in {f"https://{self.host}", f"http://{self.host}"}
