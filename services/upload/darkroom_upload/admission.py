"""Limits on how much the service does at the same time, so that memory suffices.

A request beyond a limit is refused before anything is read for it. An owner may hold at most three slots for each slot
that is free: a lone owner gets at most three quarters of all slots, and an owner who comes later still finds some. So
one owner's uploads, however many or slow, do not keep all other owners out. (Switches divide their memory among ports
by such thresholds: Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches", 1998.)
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from darkroom.errors import Unavailable

DEFAULT_UPLOADS: Final = 64
"""An upload holds a part of 5 MiB, and a second one while the first is sent: 640 MiB at most for all uploads."""
DEFAULT_STREAMS: Final = 1000
"""An event stream holds 80 KiB: 80 MiB for all streams."""
ARCHIVES: Final = 32
"""An archive with a slow reader holds 5 MiB: 160 MiB for all archives."""
PUBLIC_RESULTS: Final = 256
"""A public result with a slow reader holds 512 KiB: 128 MiB for all."""
LISTS: Final = 64
"""A list of 100 jobs takes 10 ms of CPU time and holds 1 MB while it is made: 64 MB for all lists."""
WAITS: Final = 1000
"""A request that waits for its job to change holds 80 KiB, its connection included: 80 MiB for all waits."""

PREVIEWS: Final = 32
"""A preview has up to 8 MiB: 256 MiB for all previews. Each waits for a processor meanwhile."""

VARIANTS_ON_REQUEST: Final = 256
"""A request that waits for a variant holds 80 KiB, its connection included: 20 MiB for all."""

_HELD_FOR_EACH_FREE: Final = 3


_What = Literal[
    "uploads", "archives", "public results", "event streams", "lists", "waits", "previews", "variants on request"
]


class Admission:
    """Gives out the slots of one limit."""

    def __init__(self, slots: int, what: _What) -> None:
        self._free = slots
        self._held: Counter[str] = Counter()
        self._what = what

    @contextmanager
    def slot(self, owner: str) -> Iterator[None]:
        """Hold a slot for the length of the `with` block. Raises Unavailable at once if the owner can get none.

        A request does not wait for a slot: refused at once, it can go to another task or be sent again.
        """
        if self._held[owner] >= _HELD_FOR_EACH_FREE * self._free:
            raise Unavailable(f"Too many {self._what} are under way. Try again in a moment.")
        self._free -= 1
        self._held[owner] += 1
        try:
            yield
        finally:
            self._free += 1
            self._held[owner] -= 1
            if not self._held[owner]:
                del self._held[owner]
