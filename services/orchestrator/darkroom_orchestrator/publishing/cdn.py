"""The CDN in front of the public addresses, as far as withdrawals need it."""

from collections.abc import Collection
from typing import Protocol


class Cdn(Protocol):
    """Forgets what it has cached. All methods raise Unavailable."""

    async def invalidate(self, paths: Collection[str], *, reference: str) -> str | None:
        """Begin to forget these paths, such as `/public/<job>/small.webp`. Return an id, or None if that was all.

        The same paths with the same reference are one invalidation, however often they are given.
        """

    async def is_invalidated(self, invalidation: str) -> bool:
        """Whether all locations have forgotten the paths of this invalidation."""


class NoCdn:
    """No CDN: the upload service serves public addresses from the bucket, so there is nothing to forget."""

    async def invalidate(self, paths: Collection[str], *, reference: str) -> str | None:
        """Do nothing."""
        del paths, reference
        return None

    async def is_invalidated(self, invalidation: str) -> bool:
        """Return True."""
        del invalidation
        return True
