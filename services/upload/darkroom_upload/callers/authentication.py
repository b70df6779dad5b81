"""Authentication: the caller by an API key in the header `x-api-key`, or by the cookie of a session.

If a request has a key, the key decides, even if it is unknown. A client that sends a key means that key, while browsers
add cookies unasked: a wrong key must not turn into a session of somebody.
"""

import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Protocol

from fastapi import Request

from darkroom.accounts.allowances import NO_LIMITS, Allowance
from darkroom.accounts.api_keys import ApiKey, Scope, digest_of
from darkroom.errors import Unauthenticated
from darkroom_upload.callers.caller import Caller
from darkroom_upload.expiring_cache import ExpiringCache
from darkroom_upload.sessions.cookie import SessionCookie
from darkroom_upload.sessions.csrf import BrowserRequest
from darkroom_upload.sessions.session import Session

HEADER: Final = "x-api-key"

_DEVELOPMENT_KEY_SHA256: Final = digest_of("local-dev-key")
_LONGEST_KEY: Final = 256
_FRESH_SECONDS: Final = 30
"""How long a revoked key may still work."""

FindKey = Callable[[str], Awaitable[ApiKey | None]]
"""Finds the key of a digest. Returns None for a key that does not exist or was revoked."""


class FindSession(Protocol):
    """Finds sessions."""

    async def __call__(self, token: str, *, fresh: bool = False) -> Session | None:
        """Return the session of a token, or None if it is over. With `fresh`, always ask the tables."""


def known_callers(monotonic: Callable[[], float] = time.monotonic) -> ExpiringCache[Caller]:
    """Return an empty cache of callers by the digests of their keys."""
    return ExpiringCache(_FRESH_SECONDS, monotonic=monotonic)


@dataclass(frozen=True, kw_only=True)
class Authenticate:
    """Finds the caller of a request. Raises Unauthenticated, Forbidden and Unavailable."""

    find_key: FindKey
    find_session: FindSession
    development: bool
    trusted_origins: Collection[str] = ()
    """Origins whose pages may act for a user, as the service's own pages do."""
    allowance: Allowance = NO_LIMITS
    """Limits of callers who have none of their own. The development key has none at all."""
    known: ExpiringCache[Caller] = field(default_factory=known_callers)

    @cached_property
    def cookie(self) -> SessionCookie:
        """The cookie that carries a session's token."""
        return SessionCookie(development=self.development)

    async def __call__(self, request: Request, *, fresh: bool = False) -> Caller:
        """Return the caller. With `fresh`, always ask the tables."""
        key = request.headers.get(HEADER)
        if key is not None:
            return await self._by_key(key, fresh=fresh)
        token = self.cookie.token_in(request)
        if token is None:
            raise Unauthenticated(f"Send an API key in the header {HEADER}, or log in.")
        return await self._by_session(token, request, fresh=fresh)

    async def recheck(self, request: Request, caller: Caller, scope: Scope) -> None:
        """Raise Unauthenticated or Forbidden if the caller may no longer get what the request asks for.

        Long answers call this: meanwhile the key may have been revoked, or the session may have ended.
        """
        present = await self(request, fresh=True)
        present.require(scope)
        if present.owner != caller.owner:
            raise Unauthenticated("The credentials now belong to another owner.")

    def require_trusted_page(self, request: Request) -> None:
        """Raise Forbidden if a page of another origin made the request."""
        BrowserRequest.of(request, development=self.development).require_trusted_page(self.trusted_origins)

    async def _by_key(self, key: str, *, fresh: bool) -> Caller:
        digest = digest_of(key)
        if fresh:
            self.known.drop(digest)
        caller = self.known.get(digest)
        if caller is None:
            found = await self.find_key(digest) if len(key) <= _LONGEST_KEY and self._is_allowed(digest) else None
            if found is None:
                raise Unauthenticated("The API key is not known.")
            caller = self._caller(found)
            # Only known keys are remembered: guesses must not push them out.
            self.known.put(digest, caller)
        return caller

    async def _by_session(self, token: str, request: Request, *, fresh: bool) -> Caller:
        session = await self.find_session(token, fresh=fresh)
        if session is None:
            raise Unauthenticated("The session is over. Log in again.")
        BrowserRequest.of(request, development=self.development).require_proof(session, self.trusted_origins)
        return Caller(owner=session.owner, allowance=self.allowance, session=session)

    def _caller(self, key: ApiKey) -> Caller:
        default = NO_LIMITS if key.digest == _DEVELOPMENT_KEY_SHA256 else self.allowance
        return Caller(
            owner=key.owner,
            scopes=key.scopes,
            key_id=key.digest,
            key_prefix=key.prefix,
            allowance=key.limits.within(default),
            callback_url=key.callback_url,
            keep_original=key.keep_original,
            publish=key.publish,
        )

    def _is_allowed(self, digest: str) -> bool:
        """Refuse, outside development, the key that every clone of the repository contains, even if it is stored."""
        return self.development or digest != _DEVELOPMENT_KEY_SHA256
