"""Finds API keys, by one call for all that are looked up at the same moment.

Event streams look up their keys again when a poll has found changes: those of many owners, all at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from darkroom.accounts.api_keys import ApiKey
from darkroom.errors import Unavailable

FindKeys = Callable[[Sequence[str]], Awaitable[Mapping[str, ApiKey | Unavailable]]]
"""Returns the keys of these digests that exist and are not revoked, by digest. Raises Unavailable.

An error in place of a key concerns this key alone.
"""
_Keys = asyncio.Task[Mapping[str, ApiKey | Unavailable]]


class KeyBatches:
    """Looks up keys. A lookup never returns what was read before it was asked for."""

    def __init__(self, find_keys: FindKeys) -> None:
        self._find_keys = find_keys
        self._wanted: list[str] = []
        self._read: _Keys | None = None
        """The read that has not begun yet."""

    async def __call__(self, digest: str) -> ApiKey | None:
        """Return the key of a digest, or None if it is unknown or revoked. Raises Unavailable."""
        if self._read is None:
            # The task begins after everything that is ready to run now, and so has asked.
            self._read = asyncio.create_task(self._read_wanted())
        self._wanted.append(digest)
        # A request that is cancelled must not end the read for the others.
        found = (await asyncio.shield(self._read)).get(digest)
        if isinstance(found, Unavailable):
            raise found
        return found

    async def _read_wanted(self) -> Mapping[str, ApiKey | Unavailable]:
        wanted, self._wanted, self._read = self._wanted, [], None
        # Each digest once: DynamoDB refuses a batch that names a key twice.
        return await self._find_keys(list(dict.fromkeys(wanted)))
