"""TCP ports on the loopback address."""

import random
import socket
from collections.abc import Iterator
from itertools import islice
from typing import Final

LOOPBACK: Final = "127.0.0.1"

_BLOCK: Final = 40
_BLOCKS: Final = range(20000, 32000, _BLOCK)
"""First ports of the blocks. Higher ports are left to outgoing connections, which could take a server's port."""


def free_ports(count: int) -> list[int]:
    """Return different ports on which nobody listens. No other process gets them from here until this one ends.

    If two processes chose the same port, the slower one would mistake the other's server for its own.
    """
    found = list(islice(_OWN, count))
    if len(found) < count:
        raise OSError(f"There are no {count} free ports.")
    return found


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket() as probe:
        # As servers do: connections of a server that has just ended must not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _own_ports() -> Iterator[int]:
    """Yield free ports, each once. A block belongs to the process that holds its first port, until it ends."""
    for first in random.SystemRandom().sample(_BLOCKS, len(_BLOCKS)):
        claim = socket.socket()
        try:
            claim.bind((LOOPBACK, first))
        except OSError:
            claim.close()
        else:
            claim.detach()
            yield from filter(is_free, range(first + 1, first + _BLOCK))


_OWN: Final = _own_ports()
