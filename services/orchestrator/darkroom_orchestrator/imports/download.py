"""Downloads a file from a client's URL: from checked addresses, within limits of time and size.

Nothing of the answer but its bytes is kept, and no text of an error names the URL: it may have a token.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final

import aiohttp
from yarl import URL

from darkroom.errors import FetchFailed, FetchRefused
from darkroom_orchestrator.outbound.failures import NO_PUBLIC_ADDRESS, TIMEOUT, reason_of, until
from darkroom_orchestrator.outbound.guarded_connections import guarded_connector

CONCURRENCY: Final = 8
"""Concurrent downloads of one process. Each holds up to two parts of 5 MiB in memory."""
USER_AGENT: Final = "Darkroom-Import/1"
CONNECT_SECONDS: Final = 5.0
"""Timeout of look-up, TCP and TLS together."""
IDLE_SECONDS: Final = 20.0
"""Longest wait for the answer's head, or for its next bytes."""
TOTAL_SECONDS: Final = 120.0
"""Timeout from the look-up to the last byte."""
_CHUNK_BYTES: Final = 64 * 1024

_FAULTS: Final = {
    NO_PUBLIC_ADDRESS: "The host of the URL has no public address.",
    TIMEOUT: f"The server of the URL took too long: {IDLE_SECONDS:g} s without a byte, or {TOTAL_SECONDS:g} s in all.",
    "tls_failed": "The server of the URL has no valid certificate, or TLS failed.",
    "invalid_url": "The URL is not valid.",
    "connection_failed": "The server of the URL could not be reached, or it closed the connection.",
    "invalid_response": "The server of the URL did not answer with valid HTTP, or its answer broke off.",
}
"""Public sentences by reason."""
_LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
"""Statuses below 500 after which a later try can succeed."""


class NoPublicAddress(FetchFailed):
    """The host has a private address, or it does not exist, or name servers do not answer: all look the same."""


class Download:
    """An answer whose head is good: its body has not been read yet."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    @property
    def announced_bytes(self) -> int:
        """The Content-Length, which the body may still exceed or not reach; 0 if there is none."""
        return self._answer.content_length or 0

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes of the body. Raises FetchFailed if they break off."""
        try:
            async for chunk in self._answer.content.iter_chunked(_CHUNK_BYTES):
                yield chunk
        except (aiohttp.ClientError, OSError) as error:
            raise _failure(error) from None


class Downloader:
    """Opens downloads."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    @asynccontextmanager
    async def open(self, url: URL) -> AsyncIterator[Download]:
        """GET the URL, once, and yield the answer. Redirects are not followed: the client has not named their targets.

        Raises FetchRefused and FetchFailed. Their causes are left out: they name the host, or the whole URL.
        """
        reported_at = asyncio.get_running_loop().time() + CONNECT_SECONDS
        try:
            answer = await self._session.get(url, allow_redirects=False)
        except (aiohttp.ClientError, OSError) as error:
            failure = _failure(error)
            if isinstance(failure, NoPublicAddress):
                await until(reported_at)
            raise failure from None
        async with answer:
            _require_file(answer)
            yield Download(answer)


@asynccontextmanager
async def open_downloader(*, allow_private: bool, trust: ssl.SSLContext | None = None) -> AsyncIterator[Downloader]:
    """Open a downloader for an `async with` block. `trust` replaces the certificates of the system's authorities."""
    async with (
        guarded_connector("import", concurrency=CONCURRENCY, allow_private=allow_private, trust=trust) as connector,
        aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, connect=CONNECT_SECONDS, sock_read=IDLE_SECONDS),
            headers={"User-Agent": USER_AGENT, "Accept": "image/*, */*;q=0.1", "Accept-Encoding": "identity"},
            cookie_jar=aiohttp.DummyCookieJar(),
            # A small compressed answer could become an endless file.
            auto_decompress=False,
            # Proxies and passwords of the environment are the operator's.
            trust_env=False,
        ) as session,
    ):
        yield Downloader(session)


def _require_file(answer: aiohttp.ClientResponse) -> None:
    """Raise FetchRefused or FetchFailed unless the answer has the file as its body."""
    status = answer.status
    if status in _LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise FetchFailed(f"The server of the URL answered {status}.")
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise FetchRefused(
            f"The server of the URL answered {status}, a redirect. Redirects are not followed: give the address that "
            "it leads to."
        )
    if status != HTTPStatus.OK:
        raise FetchRefused(f"The server of the URL answered {status} in place of 200.")
    if answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise FetchRefused("The server of the URL sent a Content-Encoding, although the request allows only identity.")


def _failure(error: Exception) -> FetchFailed:
    reason = reason_of(error)
    kind = NoPublicAddress if reason == NO_PUBLIC_ADDRESS else FetchFailed
    return kind(_FAULTS[reason])
