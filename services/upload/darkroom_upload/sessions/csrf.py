"""A browser's visit: how a request that its user's session is behind proves that a page of ours made it.

Browsers send cookies with requests that other sites' pages make. `SameSite=Lax` holds back most of them, but not those
of other hosts of the same site. So a request that changes something is taken only

    from our own pages                  `Sec-Fetch-Site: same-origin`, or `Origin` where a browser does not send that
    or those of an origin that is set   `Origin` in DARKROOM_CORS_ORIGINS
    or from no page                     programs send neither header; browsers send `Origin` with all that is no GET

and in each case with the session's token in `X-CSRF-Token`, which only pages know that may read our answers, as OWASP's
Cross-Site Request Forgery Prevention Cheat Sheet advises. Requests with an API key need none of it, since no page can
make a browser add one.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Self

from fastapi import Request

from darkroom.errors import Forbidden
from darkroom_upload.sessions.session import Session

CSRF_HEADER: Final = "X-CSRF-Token"

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS: Final = "same-origin"


@dataclass(frozen=True, kw_only=True)
class BrowserRequest:
    """What a request says of the page that made it."""

    method: str
    own: frozenset[str] = frozenset()
    """Our own origins, as far as the request tells under which name it reached us."""
    origin: str | None = None
    fetch_site: str | None = None
    csrf_token: str = ""

    @classmethod
    def of(cls, request: Request, *, development: bool) -> Self:
        """The visit that a request is part of. Only in development our pages come over plain HTTP."""
        headers = request.headers
        host, schemes = headers.get("host"), ("https", "http") if development else ("https",)
        return cls(
            method=request.method,
            own=frozenset(f"{scheme}://{host}" for scheme in schemes if host),
            origin=headers.get("origin"),
            fetch_site=headers.get("sec-fetch-site"),
            csrf_token=headers.get(CSRF_HEADER, ""),
        )

    def check_page(self, friends: Collection[str]) -> None:
        """Raise Forbidden when a page made the request that is neither ours nor of these origins."""
        if self.origin is None and self.fetch_site is None:
            return
        if not self._is_ours() and self.origin not in friends:
            raise Forbidden("A page of another origin may not do this.")

    def check(self, session: Session, friends: Collection[str]) -> None:
        """Raise Forbidden unless the request only reads, or comes with the session's token and from no other's page."""
        if self.method in _SAFE_METHODS:
            return
        self.check_page(friends)
        if not hmac.compare_digest(self.csrf_token.encode("utf-8", "surrogatepass"), session.csrf_token.encode()):
            raise Forbidden(f"The header {CSRF_HEADER} must be the csrf_token of the session; GET /auth/me tells it.")

    def _is_ours(self) -> bool:
        return self.fetch_site == _OURS if self.fetch_site is not None else self.origin in self.own
