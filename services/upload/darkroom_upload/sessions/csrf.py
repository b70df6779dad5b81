"""The proof that a request with a session's cookie comes from a page that may act for the user.

Browsers send cookies also with requests that other sites' pages make. `SameSite=Lax` holds back most of these, but not
those from other hosts of the same site. So a request that changes something must come

    from a page of this service     `Sec-Fetch-Site: same-origin`, or `Origin` where a browser does not send that
    or from a trusted origin        `Origin` in DARKROOM_CORS_ORIGINS
    or from no page                 programs send neither header; browsers send `Origin` with every request but GET

and in each case carry the session's token in `X-CSRF-Token`. Only pages that may read the service's responses know that
token (OWASP, Cross-Site Request Forgery Prevention Cheat Sheet). A request with an API key needs none of this: no page
can make a browser add one.
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
_SAME_ORIGIN: Final = "same-origin"


@dataclass(frozen=True, kw_only=True)
class BrowserRequest:
    """What the headers of a request say about the page that made it."""

    method: str
    own_origins: frozenset[str] = frozenset()
    """Origins of this service, by the host name that the request was sent to."""
    origin: str | None = None
    fetch_site: str | None = None
    csrf_token: str = ""

    @classmethod
    def of(cls, request: Request, *, development: bool) -> Self:
        """Read the headers. Only in development do the service's own pages come over plain HTTP."""
        headers = request.headers
        host, schemes = headers.get("host"), ("https", "http") if development else ("https",)
        return cls(
            method=request.method,
            own_origins=frozenset(f"{scheme}://{host}" for scheme in schemes if host),
            origin=headers.get("origin"),
            fetch_site=headers.get("sec-fetch-site"),
            csrf_token=headers.get(CSRF_HEADER, ""),
        )

    def require_trusted_page(self, trusted_origins: Collection[str]) -> None:
        """Raise Forbidden if a page made the request that is neither this service's nor of a trusted origin."""
        if self.origin is None and self.fetch_site is None:
            return
        if not self._is_own_page() and self.origin not in trusted_origins:
            raise Forbidden("A page of another origin may not do this.")

    def require_proof(self, session: Session, trusted_origins: Collection[str]) -> None:
        """Raise Forbidden unless the request only reads, or comes from a trusted page with the session's CSRF token."""
        if self.method in _SAFE_METHODS:
            return
        self.require_trusted_page(trusted_origins)
        if not hmac.compare_digest(self.csrf_token.encode("utf-8", "surrogatepass"), session.csrf_token.encode()):
            raise Forbidden(f"The header {CSRF_HEADER} must be the session's csrf_token. GET /auth/me shows it.")

    def _is_own_page(self) -> bool:
        if self.fetch_site is not None:
            return self.fetch_site == _SAME_ORIGIN
        return self.origin in self.own_origins
