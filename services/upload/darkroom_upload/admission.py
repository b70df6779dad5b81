"""How many uploads are taken in at a time: as many as memory has room for. Others are turned away unread."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from darkroom.errors import Unavailable

DEFAULT_PLACES: Final = 64
"""An upload holds a part of 5 MiB, and another while that one is sent: together 640 MiB at most."""


class Admission:
    """Gives places to uploads, as long as there are any."""

    def __init__(self, places: int) -> None:
        self._free = places

    @property
    def is_full(self) -> bool:
        """Whether the next upload would be turned away."""
        return self._free == 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place for the length of the `with` block. Raises Unavailable when there is none.

        Nobody waits for a place: whoever is turned away at once can go to another task, or come again.
        """
        if self.is_full:
            raise Unavailable("Too many uploads are under way. Send this one again in a moment.")
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1
