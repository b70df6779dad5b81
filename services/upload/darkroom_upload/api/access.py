"""Dependencies by which a route requires a caller. Every route that is not public has exactly one of them.

It comes before the route's other dependencies, so that someone who may not call the route learns nothing about it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyHeader

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Forbidden
from darkroom_upload.callers.authentication import HEADER, Authenticate
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.throttle import Throttle
from darkroom_upload.sessions.session import Session

_KEY: Final = APIKeyHeader(name=HEADER, scheme_name="ApiKey", auto_error=False, description="Your API key.")


@dataclass(frozen=True, kw_only=True)
class Access:
    """Makes the dependencies. They raise what `authenticate` raises, and RateLimited."""

    authenticate: Authenticate
    throttle: Throttle

    def caller(self, *scopes: Scope) -> Any:
        """Return a dependency that requires all these scopes and gives the caller. OpenAPI names the scopes.

        A request that lacks a scope takes a token of the caller's rate, as every other request does.
        """
        return Depends(self._caller(scopes))

    def session(self) -> Any:
        """Return a dependency that requires a session and gives it.

        It takes no token of the owner's rate: a flood of requests must not keep a user from ending all sessions.
        """
        return Depends(self._session())

    def _caller(self, scopes: tuple[Scope, ...]) -> Callable[..., Awaitable[Caller]]:
        async def check(
            request: Request,
            _key: Annotated[str | None, Security(_KEY, scopes=[scope.value for scope in scopes])],
            _token: Annotated[str | None, Security(self.authenticate.cookie.scheme)],
        ) -> Caller:
            caller = await self.authenticate(request)
            await self.throttle(request, caller)
            for scope in scopes:
                caller.require(scope)
            return caller

        return check

    def _session(self) -> Callable[..., Awaitable[Session]]:
        async def check(
            request: Request, _token: Annotated[str | None, Security(self.authenticate.cookie.scheme)]
        ) -> Session:
            session = (await self.authenticate(request)).session
            if session is None:
                raise Forbidden("An API key has no session. Send the session's cookie without a key.")
            return session

        return check
