"""Reasons why a request to a client's URL got no valid answer, as stable codes."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from typing import Final

import aiohttp

from darkroom_orchestrator.outbound.addresses import AddressRefused

NO_PUBLIC_ADDRESS: Final = "no_public_address"
"""The reason for a name that does not exist, and for one with a private address: a client must not be able to find the
names of the private network by trying them. So both must also take the same time: see `until`."""
TIMEOUT: Final = "timeout"

_REASONS: Final[Sequence[tuple[tuple[type[Exception], ...], str]]] = (
    ((AddressRefused, socket.gaierror), NO_PUBLIC_ADDRESS),
    ((TimeoutError,), TIMEOUT),
    ((ssl.SSLError,), "tls_failed"),
    ((aiohttp.InvalidURL,), "invalid_url"),
    ((OSError,), "connection_failed"),
    ((Exception,), "invalid_response"),
)
"""Reasons by exception; the first match counts. Most errors of the system are OSErrors, so special ones come first."""


def reason_of(error: Exception) -> str:
    """Return a stable code for a missing answer. Errors of aiohttp have those of the system as their cause."""
    return next(code for kinds, code in _REASONS if isinstance(error, kinds) or isinstance(error.__cause__, kinds))


async def until(moment: float) -> None:
    """Wait until a moment of the event loop's clock, in seconds.

    A caller reports NO_PUBLIC_ADDRESS only when its time limit for connecting has passed. Otherwise the duration would
    tell private names, which are looked up fast, from names that do not exist.
    """
    await asyncio.sleep(moment - asyncio.get_running_loop().time())
