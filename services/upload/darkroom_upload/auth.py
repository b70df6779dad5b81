"""Who calls: API keys in the header `x-api-key`. And what a route wants of a caller: a scope."""

import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Request, Security
from fastapi.security import APIKeyHeader

from darkroom.allowances import UNLIMITED, Allowance
from darkroom.api_keys import ApiKey, Scope, digest_of
from darkroom.errors import Unauthenticated
from darkroom_upload.principal import Principal
from darkroom_upload.throttle import Throttle

HEADER: Final = "x-api-key"
_SCHEME: Final = APIKeyHeader(name=HEADER, scheme_name="ApiKey", auto_error=False, description="Your API key.")

_DEVELOPMENT_KEY_SHA256: Final = digest_of("local-dev-key")
_LONGEST_KEY: Final = 256
_FRESH_SECONDS: Final = 30
"""How long a key that was revoked may go on to work."""
_REMEMBERED: Final = 4096

FindKey = Callable[[str], Awaitable[ApiKey | None]]
"""The key with that digest, if it may be used."""


class Authenticate:
    """Tells who a request is from. A FastAPI dependency; raises Unauthenticated and Unavailable."""

    def __init__(
        self,
        find_key: FindKey,
        *,
        throttle: Throttle,
        development: bool,
        allowance: Allowance = UNLIMITED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`allowance` is for keys that have none of their own; the development key goes without."""
        self._find_key = find_key
        self.throttle = throttle
        self._allowance = allowance
        self._development = development
        self._clock = clock
        self._known: dict[str, tuple[Principal, float]] = {}

    async def __call__(self, key: Annotated[str | None, Security(_SCHEME)]) -> Principal:
        """The caller."""
        if not key:
            raise Unauthenticated(f"An API key is needed, in the header {HEADER}.")
        principal = await self._by_key(key)
        if principal is None:
            raise Unauthenticated("The API key is not known.")
        return principal

    async def _by_key(self, key: str) -> Principal | None:
        digest = digest_of(key)
        principal = self._remembered(digest)
        if principal is None and len(key) <= _LONGEST_KEY and self._may_be_used(digest):
            found = await self._find_key(digest)
            if found is not None:
                principal = self._principal(found)
                self._remember(digest, principal)
        return principal

    def _principal(self, key: ApiKey) -> Principal:
        default = UNLIMITED if key.digest == _DEVELOPMENT_KEY_SHA256 else self._allowance
        return Principal(
            owner=key.owner,
            scopes=key.scopes,
            key_id=key.digest,
            allowance=key.allowance.or_else(default),
            callback_url=key.callback_url,
        )

    def _may_be_used(self, digest: str) -> bool:
        """The development key is in every clone, so that nobody else accepts it, even if it is in the table."""
        return self._development or digest != _DEVELOPMENT_KEY_SHA256

    def _remembered(self, digest: str) -> Principal | None:
        principal, until = self._known.get(digest, (None, 0.0))
        return principal if self._clock() < until else None

    def _remember(self, digest: str, principal: Principal) -> None:
        """All are remembered equally long, so that the first one is always the oldest.

        Only keys that are known: guesses would else push them out.
        """
        self._known.pop(digest, None)
        if len(self._known) >= _REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[digest] = (principal, self._clock() + _FRESH_SECONDS)


def allowed(authenticate: Authenticate, scope: Scope) -> Callable[..., Awaitable[Principal]]:
    """A dependency of routes that want this scope: the caller.

    Raises RateLimited and Forbidden beside what `authenticate` raises. To be forbidden costs a token like all else.

    Every route has exactly one, before its other dependencies, so that who may not ask learns nothing. OpenAPI names
    its scope.
    """

    async def check(
        request: Request, principal: Annotated[Principal, Security(authenticate, scopes=[scope.value])]
    ) -> Principal:
        await authenticate.throttle(request, principal)
        principal.require(scope)
        return principal

    return check
