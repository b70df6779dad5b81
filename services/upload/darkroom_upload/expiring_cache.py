"""A cache whose values expire, so that not every request has to ask a table."""

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

MOST: Final = 4096
"""Values in one cache."""

V = TypeVar("V")


class ExpiringCache(Generic[V]):
    """Values by text key. Each lives for the same number of seconds, so the first one is always the oldest."""

    def __init__(self, seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._kept: dict[str, tuple[V, float]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> V | None:
        """Return the value of a key, or None if there is none or it has expired."""
        kept = self._kept.get(key)
        return kept[0] if kept and self._monotonic() < kept[1] else None

    def put(self, key: str, value: V) -> None:
        """Keep a value. A full cache forgets its oldest value first."""
        self._kept.pop(key, None)
        if len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (value, self._monotonic() + self._seconds)

    def drop(self, key: str) -> None:
        """Forget one value."""
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Forget all values."""
        self._kept.clear()
