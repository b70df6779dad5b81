"""TCP ports on the loopback address."""

import random
import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"

_CANDIDATES: Final = range(20000, 32000)
"""Below the ports that kernels give to outgoing connections, one of which could take a port before its server does."""


def free_ports(count: int) -> list[int]:
    """So many different ports that nobody listens on now."""
    found: list[int] = []
    for port in random.SystemRandom().sample(_CANDIDATES, len(_CANDIDATES)):
        if len(found) == count:
            return found
        if is_free(port):
            found.append(port)
    raise OSError(f"There are no {count} free ports.")


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
