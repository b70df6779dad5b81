"""Connects only to checked addresses.

Two checks happen where the connection is made:

- the resolver refuses a name if any of its addresses is not allowed, before anything connects;
- a socket for an address is made only if that address is allowed, however it was written or found.

No second look-up happens between the check and the connection, so a name that changes its address in between
(DNS rebinding) gains nothing. The Host header and TLS keep the name; certificates are checked against it.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from darkroom_orchestrator.outbound.addresses import AddressRefused, require_allowed

_LOOKUPS_A_REQUEST: Final = 4
"""The most threads that look names up, for each concurrent request. They are made when they are needed.

By default, a look-up that gets no answer takes ten seconds (resolv.conf(5): two attempts of five seconds), much longer
than its request waits. With four threads for each request, the names of one client do not delay those of others. Each
connector has threads of its own, so that look-ups of AWS never wait for them, nor webhooks for imports.
"""

LOOKUP_SECONDS: Final = 2.5
"""Timeout of the look-up of a name, in seconds. Shorter than that for connecting, so that a name server which does not
answer looks the same as a name that does not exist."""

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]
"""A result of getaddrinfo: family, type, protocol, name, and the address as `connect` takes it."""


class GuardedResolver(AbstractResolver):
    """Looks up names as the system does, and refuses a name with an address that is not allowed."""

    def __init__(self, name: str, *, concurrency: int, allow_private: bool) -> None:
        """`name` begins the names of the threads. `concurrency` is the most requests at the same time."""
        self._allow_private = allow_private
        self._threads = ThreadPoolExecutor(concurrency * _LOOKUPS_A_REQUEST, thread_name_prefix=f"{name}-lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return all addresses of a name. Raises AddressRefused, also after a timeout, and OSError if there is none."""
        look_up = partial(socket.getaddrinfo, host, port, family=family, type=socket.SOCK_STREAM)
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        except TimeoutError as error:
            raise AddressRefused("the look-up took too long") from error
        require_allowed((str(address[0]) for *_, address in found), allow_private=self._allow_private)
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=port,
                family=family,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for family, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """Release the threads. A look-up in progress ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


@asynccontextmanager
async def guarded_connector(
    name: str, *, concurrency: int, allow_private: bool, trust: ssl.SSLContext | None = None
) -> AsyncIterator[aiohttp.TCPConnector]:
    """Open a connector that makes a new, checked connection for each request.

    See `GuardedResolver` for `name` and `concurrency`. The caller limits the concurrent requests. `trust` decides
    which certificates are accepted; by default those of the system's authorities.
    """

    def guarded_socket(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        require_allowed([str(address[0])], allow_private=allow_private)
        return socket.socket(family, kind, protocol)

    resolver = GuardedResolver(name, concurrency=concurrency, allow_private=allow_private)
    try:
        yield aiohttp.TCPConnector(
            resolver=resolver,
            socket_factory=guarded_socket,
            ssl=trust or True,
            use_dns_cache=False,
            force_close=True,
            limit=0,  # The consumer limits the concurrent requests.
        )
    finally:
        await resolver.close()
