"""Finds an API key that may be used now, and notes about once an hour that it was."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from darkroom.accounts.api_keys import ApiKey
from darkroom.clock import Clock
from darkroom.errors import Unavailable

_NOTED_EVERY: Final = timedelta(hours=1)
"""How old the noted use of a key may become. Noting each use would be a write for each request."""


@dataclass(frozen=True, kw_only=True)
class FindUsableKey:
    """Finds the key of a digest, unless it was revoked or has expired. Raises Unavailable."""

    find: Callable[[str], Awaitable[ApiKey | None]]
    note_use: Callable[[str, datetime], Awaitable[None]]
    now: Clock

    async def __call__(self, digest: str) -> ApiKey | None:
        """Return the key, or None."""
        key, moment = await self.find(digest), self.now()
        if key is None or not key.is_usable(moment):
            return None
        if key.last_used_at is None or moment - key.last_used_at >= _NOTED_EVERY:
            # A request must not fail because its use could not be noted. The next one tries again.
            with suppress(Unavailable):
                await self.note_use(digest, moment)
        return key
