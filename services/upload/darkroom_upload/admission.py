"""How much is done at a time: as much as memory has room for. Others are turned away before anything is read for them.

An owner may hold at most three times as many places as are free. Who is alone has three quarters of all, and whoever
comes then finds some: nobody's uploads, be they many or slow, keep all others out. (Ports of a switch share its memory
by such thresholds: Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches", 1998.)
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from darkroom.errors import Unavailable

DEFAULT_UPLOADS: Final = 64
"""An upload holds a part of 5 MiB, and another while that one is sent: together 640 MiB at most."""
DEFAULT_STREAMS: Final = 1000
"""An event stream holds 80 KiB: together 80 MiB."""
ARCHIVES: Final = 32
"""An archive whose reader is slow holds 5 MiB: together 160 MiB."""
LISTS: Final = 64
"""A list of a hundred jobs takes 10 ms of CPU and holds 1 MB while it is made: together 64 MB."""
WAITS: Final = 1000
"""A request that waits for its job to change holds 80 KiB, its connection's included: together 80 MiB."""

_HELD_FOR_EACH_FREE: Final = 3


class Admission:
    """Gives places to what is done at a time, as long as there are any."""

    def __init__(self, places: int, what: Literal["uploads", "archives", "event streams", "lists", "waits"]) -> None:
        self._free = places
        self._held: Counter[str] = Counter()
        self._what = what

    @property
    def is_full(self) -> bool:
        """Whether whoever comes next would be turned away."""
        return self._free == 0

    @contextmanager
    def place(self, owner: str) -> Iterator[None]:
        """A place for the length of the `with` block. Raises Unavailable when there is none for this owner.

        Nobody waits for a place: whoever is turned away at once can go to another task, or come again.
        """
        if self._held[owner] >= _HELD_FOR_EACH_FREE * self._free:
            raise Unavailable(f"Too many {self._what} are under way. Come again in a moment.")
        self._free -= 1
        self._held[owner] += 1
        try:
            yield
        finally:
            self._free += 1
            self._held[owner] -= 1
            if not self._held[owner]:
                del self._held[owner]
