"""One POST to a callback URL: to checked addresses, in bounded time, reading a bounded answer.

Nothing of the answer but its status counts, and nothing else of it is kept: what a client's server says must not reach
logs or other clients.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp
from yarl import URL

from darkroom_orchestrator.webhooks.addresses import AddressRefused
from darkroom_orchestrator.webhooks.guarded_connections import guarded_connector

USER_AGENT: Final = "Darkroom-Webhooks/1"
CONNECT_SECONDS: Final = 3.0
"""Look-up, TCP and TLS together."""
TOTAL_SECONDS: Final = 10.0
"""From the look-up to the end of the answer."""
MOST_ANSWER_BYTES: Final = 64 * 1024
"""Of the body; what comes after it is not waited for."""

NO_PUBLIC_ADDRESS: Final = "no_public_address"
"""One answer for a name that does not exist and one that leads inside: or else names of the private network could be
found out by trying them. For the same reason both take as long, see `Sender.send`."""

_REASONS: Final[Sequence[tuple[tuple[type[Exception], ...], str]]] = (
    ((AddressRefused, socket.gaierror), NO_PUBLIC_ADDRESS),
    ((TimeoutError,), "timeout"),
    ((ssl.SSLError,), "tls_failed"),
    ((aiohttp.InvalidURL,), "invalid_url"),
    ((OSError,), "connection_failed"),
    ((Exception,), "invalid_response"),
)
"""The first that fits. Most of the system's errors are OSErrors, so the particular ones come first."""


@dataclass(frozen=True)
class Outcome:
    """How a POST ended: with a status, with a reason why there is none that counts, or (a redirect) with both."""

    status: int | None
    error: str | None


class Sender:
    """Sends webhooks. Never raises for what the other side does."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def send(self, url: URL, body: str, headers: Mapping[str, str]) -> Outcome:
        """POST the body, once. A redirect is not followed: where it leads nobody has agreed to.

        Where there is no public address, this is said after CONNECT_SECONDS, however soon it was known: a name of the
        private network is looked up faster than one that does not exist.
        """
        told_at = asyncio.get_running_loop().time() + CONNECT_SECONDS
        try:
            async with self._session.post(url, data=body.encode(), headers=headers, allow_redirects=False) as answer:
                await _read(answer)
        except (aiohttp.ClientError, OSError) as error:
            reason = _reason(error)
            if reason == NO_PUBLIC_ADDRESS:
                await _until(told_at)
            return Outcome(None, reason)
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
            return Outcome(answer.status, "redirect_refused")
        return Outcome(answer.status, None)


@asynccontextmanager
async def open_sender(*, allow_private: bool, trust: ssl.SSLContext | None = None) -> AsyncIterator[Sender]:
    """A sender for the length of a `with` block; `trust` is for certificates of other authorities than the system's."""
    async with (
        guarded_connector(allow_private=allow_private, trust=trust) as connector,
        aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, connect=CONNECT_SECONDS),
            headers={"User-Agent": USER_AGENT, "Content-Type": "application/json", "Accept-Encoding": "identity"},
            # What one receiver sets, no other may get, and compressed answers need not be unpacked to be thrown away.
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            # Proxies and credentials in the environment are not the client's to use.
            trust_env=False,
        ) as session,
    ):
        yield Sender(session)


async def _until(moment: float) -> None:
    """Wait for a moment of the event loop's clock."""
    await asyncio.sleep(moment - asyncio.get_running_loop().time())


async def _read(answer: aiohttp.ClientResponse) -> None:
    """Let the receiver finish its answer, within limits."""
    read = 0
    async for chunk in answer.content.iter_any():
        read += len(chunk)
        if read > MOST_ANSWER_BYTES:
            answer.close()
            return


def _reason(error: Exception) -> str:
    """A stable code for why there was no answer; aiohttp's errors have the system's as their cause."""
    return next(code for kinds, code in _REASONS if isinstance(error, kinds) or isinstance(error.__cause__, kinds))
