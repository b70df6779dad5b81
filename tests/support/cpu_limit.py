"""A guard against computations that do not end: the limit that the service itself puts on one image."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from darkroom.limits import CHILD_CPU_SECONDS


@contextmanager
def within_cpu_limit() -> Iterator[None]:
    """Check that the block takes less CPU time than a child process may use for one image.

    This measures no speed. A block that takes well under a second on a slow machine passes on any; one whose work grows
    with a hostile file's claims never ends.
    """
    began = time.process_time()
    yield
    assert time.process_time() - began < CHILD_CPU_SECONDS
