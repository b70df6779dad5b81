"""The output of a process, kept to be searched."""

import asyncio
from collections import deque
from typing import Final

_KEPT_LINES: Final = 10_000


class Log:
    """The last lines of a process's output."""

    def __init__(self) -> None:
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._grown = asyncio.Event()

    def append(self, line: str) -> None:
        """Add a line, and wake all `wait_for`."""
        self._lines.append(line)
        self._grown.set()
        self._grown = asyncio.Event()

    def find(self, text: str) -> list[str]:
        """Return the lines that contain the text."""
        return [line for line in self._lines if text in line]

    async def wait_for(self, text: str, *, seconds: float = 10) -> str:
        """Wait for a line that contains the text and return the first one. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not (found := self.find(text)):
                await self._grown.wait()
        return found[0]

    def __str__(self) -> str:
        return "\n".join(self._lines)
