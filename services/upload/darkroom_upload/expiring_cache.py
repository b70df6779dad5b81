"""What was looked up of late, kept for so long that not every request asks the table, and no longer."""

import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

MOST: Final = 4096

V = TypeVar("V")


class ExpiringCache(Generic[V]):
    """Values by text, each for the same number of seconds, so that the first one is always the oldest."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._kept: dict[str, tuple[V, float]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> V | None:
        """The value, while it is recent."""
        kept = self._kept.get(key)
        return kept[0] if kept and self._clock() < kept[1] else None

    def put(self, key: str, value: V) -> None:
        """Keep a value, in place of the oldest one where there is no more room."""
        self._kept.pop(key, None)
        if len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (value, self._clock() + self._seconds)

    def drop(self, key: str) -> None:
        """Forget a value."""
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Forget all values."""
        self._kept.clear()
