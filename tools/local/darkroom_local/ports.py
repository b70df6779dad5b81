"""TCP ports on the loopback address."""

import random
import socket
from collections.abc import Iterator
from itertools import islice
from typing import Final

LOOPBACK: Final = "127.0.0.1"

_BLOCK: Final = 40
_BLOCKS: Final = range(20000, 32000, _BLOCK)
"""The first port of each block. Kernels give higher ones to outgoing connections, which could take a server's."""


def free_ports(count: int) -> list[int]:
    """So many different ports that nobody listens on, and that no other process gets from here while this one lives.

    Of two processes that chose the same, the one slower to listen would take the other's server for its own.
    """
    found = list(islice(_OWN, count))
    if len(found) < count:
        raise OSError(f"There are no {count} free ports.")
    return found


def is_free(port: int) -> bool:
    """Whether one could listen on the port now."""
    with socket.socket() as probe:
        # As servers do, so that connections of a server that just ended are not in the way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def _own_ports() -> Iterator[int]:
    """Free ports, each once, of blocks whose first port this process holds until it ends."""
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
