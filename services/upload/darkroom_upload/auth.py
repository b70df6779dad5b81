"""Who calls: API keys in the header `x-api-key`."""

import hashlib
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Security
from fastapi.security import APIKeyHeader

from darkroom.errors import Unauthenticated

HEADER: Final = "x-api-key"
_SCHEME: Final = APIKeyHeader(name=HEADER, scheme_name="ApiKey", auto_error=False, description="Your API key.")

_DEVELOPMENT_KEY_SHA256: Final = hashlib.sha256(b"local-dev-key").hexdigest()
_LONGEST_KEY: Final = 256
_FRESH_SECONDS: Final = 30
"""How long a key that was revoked may go on to work."""
_REMEMBERED: Final = 4096

FindOwner = Callable[[str], Awaitable[str | None]]
"""The owner of the key with that hash."""


class Authenticate:
    """Tells the owner of a request's API key. A FastAPI dependency; raises Unauthenticated and Unavailable."""

    def __init__(
        self, find_owner: FindOwner, *, development: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._find_owner = find_owner
        self._development = development
        self._clock = clock
        self._known: dict[str, tuple[str, float]] = {}

    async def __call__(self, key: Annotated[str | None, Security(_SCHEME)]) -> str:
        """The owner."""
        if not key:
            raise Unauthenticated(f"An API key is needed, in the header {HEADER}.")
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
        owner = self._remembered(digest)
        if owner is None and len(key) <= _LONGEST_KEY and self._may_be_used(digest):
            owner = await self._find_owner(digest)
            if owner is not None:
                self._remember(digest, owner)
        if owner is None:
            raise Unauthenticated("The API key is not known.")
        return owner

    def _may_be_used(self, digest: str) -> bool:
        """The development key is in every clone, so that nobody else accepts it, even if it is in the table."""
        return self._development or digest != _DEVELOPMENT_KEY_SHA256

    def _remembered(self, digest: str) -> str | None:
        owner, until = self._known.get(digest, (None, 0.0))
        return owner if self._clock() < until else None

    def _remember(self, digest: str, owner: str) -> None:
        """All are remembered equally long, so that the first one is always the oldest.

        Only keys that are known: guesses would else push them out.
        """
        self._known.pop(digest, None)
        if len(self._known) >= _REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[digest] = (owner, self._clock() + _FRESH_SECONDS)
