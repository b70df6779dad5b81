"""Connections that go to checked addresses only.

The check stands where the connection is made, twice:

- the resolver refuses a name if any of its addresses is not allowed, before anything is connected;
- the socket for an address is only made if that address is allowed, however it was written or found.

There is no second look-up between the check and the connection, so a name that changes its address in between
(DNS rebinding) gains nothing. Names stay in the Host header and in TLS, where certificates are checked against them.
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

from darkroom_orchestrator.webhooks.addresses import AddressRefused, require_allowed

_LOOKUPS: Final = 512
"""Threads that look names up, made as they are needed.

A look-up of a name that nobody answers for goes on for ten seconds by default (resolv.conf(5): two attempts of five),
long after its webhook has given up. Four for each delivery at a time keep one client's names from holding up those of
others, and as a pool of their own they leave alone the one that AWS is looked up in.
"""

LOOKUP_SECONDS: Final = 2.5
"""Seconds for the look-up of a name. There are more for connecting, so that a name server which does not answer looks
like a name that does not exist."""

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]
"""What getaddrinfo tells of an address: family, type, protocol, name, and the address as connect takes it."""


class GuardedResolver(AbstractResolver):
    """Looks names up as the system does, and refuses those with an address that is not allowed."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._threads = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="webhook-lookup")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """All addresses of a name. Raises AddressRefused, also when it takes too long, and OSError if there is none."""
        look_up = partial(socket.getaddrinfo, host, port, family=family, type=socket.SOCK_STREAM)
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        except TimeoutError as error:
            raise AddressRefused("not looked up in time") from error
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
        """Let the threads go; a look-up under way ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)


@asynccontextmanager
async def guarded_connector(
    *, allow_private: bool, trust: ssl.SSLContext | None = None
) -> AsyncIterator[aiohttp.TCPConnector]:
    """A connector that makes a new, checked connection for each request.

    `trust` decides which certificates are accepted; the system's authorities when not given.
    """

    def guarded_socket(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        require_allowed([str(address[0])], allow_private=allow_private)
        return socket.socket(family, kind, protocol)

    resolver = GuardedResolver(allow_private=allow_private)
    try:
        yield aiohttp.TCPConnector(
            resolver=resolver,
            socket_factory=guarded_socket,
            ssl=trust or True,
            use_dns_cache=False,
            force_close=True,
            limit=0,  # The consumer bounds how many there are at a time.
        )
    finally:
        await resolver.close()
