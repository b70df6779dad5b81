"""Who calls: by an API key in the header `x-api-key`, or by the cookie of a session. What routes want of a caller.

A key that is sent decides, be it known or not. The cookie beside it is not looked at: a client that names a key means
that key, while browsers add cookies unasked, so that a wrong key must not turn into somebody's session.
"""

import time
from collections.abc import Awaitable, Callable, Collection
from typing import Annotated, Final, Protocol

from fastapi import Request, Security
from fastapi.security import APIKeyHeader

from darkroom.accounts.allowances import NO_LIMITS, Allowance
from darkroom.accounts.api_keys import ApiKey, Scope, digest_of
from darkroom.errors import Forbidden, Unauthenticated
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.throttle import Throttle
from darkroom_upload.expiring_cache import ExpiringCache
from darkroom_upload.sessions.cookie import SessionCookie
from darkroom_upload.sessions.csrf import BrowserRequest
from darkroom_upload.sessions.session import Session

HEADER: Final = "x-api-key"
_SCHEME: Final = APIKeyHeader(name=HEADER, scheme_name="ApiKey", auto_error=False, description="Your API key.")

_DEVELOPMENT_KEY_SHA256: Final = digest_of("local-dev-key")
_LONGEST_KEY: Final = 256
_FRESH_SECONDS: Final = 30
"""How long a key that was revoked may go on to work."""

FindKey = Callable[[str], Awaitable[ApiKey | None]]
"""The key with that digest, if it may be used."""


class FindSession(Protocol):
    """Finds sessions."""

    async def __call__(self, token: str, *, fresh: bool = False) -> Session | None:
        """The session with that token, if it holds. With `fresh` the tables are asked, whatever is remembered."""


class Authenticate:
    """Tells who a request is from. Raises Unauthenticated, Forbidden and Unavailable."""

    def __init__(
        self,
        find_key: FindKey,
        find_session: FindSession,
        *,
        throttle: Throttle,
        development: bool,
        friends: Collection[str] = (),
        allowance: Allowance = NO_LIMITS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`allowance` is for callers who have none of their own; the development key goes without.

        `friends` are origins whose pages may act for a user as ours do.
        """
        self._find_key = find_key
        self._find_session = find_session
        self.throttle = throttle
        self.cookie = SessionCookie(development=development)
        self._development = development
        self._friends = friends
        self._allowance = allowance
        self._known = ExpiringCache[Caller](_FRESH_SECONDS, clock=clock)

    async def __call__(self, request: Request, *, fresh: bool = False) -> Caller:
        """The caller. With `fresh` the tables are asked, whatever is remembered."""
        key = request.headers.get(HEADER)
        if key is not None:
            return await self._by_key(key, fresh=fresh)
        token = self.cookie.of(request)
        if token is None:
            raise Unauthenticated(f"Send an API key in the header {HEADER}, or log in.")
        return await self._by_session(token, request, fresh=fresh)

    async def recheck(self, request: Request, caller: Caller, scope: Scope) -> None:
        """Raise Unauthenticated or Forbidden unless this caller may still be told what the request asks for.

        For answers that take long: the key may have been revoked since they began, or the session ended.
        """
        now = await self(request, fresh=True)
        now.require(scope)
        if now.owner != caller.owner:
            raise Unauthenticated("The credentials are another owner's now.")

    def check_page(self, request: Request) -> None:
        """Raise Forbidden when a page of another origin made the request."""
        self._visit(request).check_page(self._friends)

    async def _by_key(self, key: str, *, fresh: bool) -> Caller:
        digest = digest_of(key)
        if fresh:
            self._known.drop(digest)
        caller = self._known.get(digest)
        if caller is None:
            may_be_one = len(key) <= _LONGEST_KEY and self._may_be_used(digest)
            found = await self._find_key(digest) if may_be_one else None
            if found is None:
                raise Unauthenticated("The API key is not known.")
            caller = self._caller(found)
            # Only keys that are known: guesses would else push them out.
            self._known.put(digest, caller)
        return caller

    async def _by_session(self, token: str, request: Request, *, fresh: bool) -> Caller:
        session = await self._find_session(token, fresh=fresh)
        if session is None:
            raise Unauthenticated("The session is over. Log in again.")
        self._visit(request).check(session, self._friends)
        return Caller(owner=session.owner, allowance=self._allowance, session=session)

    def _visit(self, request: Request) -> BrowserRequest:
        return BrowserRequest.of(request, development=self._development)

    def _caller(self, key: ApiKey) -> Caller:
        default = NO_LIMITS if key.digest == _DEVELOPMENT_KEY_SHA256 else self._allowance
        return Caller(
            owner=key.owner,
            scopes=key.scopes,
            key_id=key.digest,
            allowance=key.limits.within(default),
            callback_url=key.callback_url,
        )

    def _may_be_used(self, digest: str) -> bool:
        """The development key is in every clone, so that nobody else accepts it, even if it is in the table."""
        return self._development or digest != _DEVELOPMENT_KEY_SHA256


def allowed(authenticate: Authenticate, *scopes: Scope) -> Callable[..., Awaitable[Caller]]:
    """A dependency of routes that want these scopes, all of them: the caller.

    Raises RateLimited and Forbidden beside what `authenticate` raises. To lack the scope costs a token like all else.

    Every route has exactly one, before its other dependencies, so that who may not ask learns nothing. OpenAPI names
    its scopes.
    """

    async def check(
        request: Request,
        _key: Annotated[str | None, Security(_SCHEME, scopes=[scope.value for scope in scopes])],
        _token: Annotated[str | None, Security(authenticate.cookie.scheme)],
    ) -> Caller:
        caller = await authenticate(request)
        await authenticate.throttle(request, caller)
        for scope in scopes:
            caller.require(scope)
        return caller

    return check


def logged_in(authenticate: Authenticate) -> Callable[..., Awaitable[Session]]:
    """A dependency of the routes that are about the session itself: the caller's.

    Takes no token of the owner's rate: whoever floods must not keep a user from logging out everywhere.
    """

    async def check(request: Request, _token: Annotated[str | None, Security(authenticate.cookie.scheme)]) -> Session:
        session = (await authenticate(request)).session
        if session is None:
            raise Forbidden("An API key has no session. Send the session's cookie without one.")
        return session

    return check
