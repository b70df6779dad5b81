"""Sends one POST to a callback URL: to checked addresses, within time limits, and reads a limited answer.

Only the status of the answer is used and kept. Nothing else that a client's server sends may reach logs or other
clients.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp
from yarl import URL

from darkroom_orchestrator.outbound.failures import NO_PUBLIC_ADDRESS, reason_of, until
from darkroom_orchestrator.outbound.guarded_connections import guarded_connector

USER_AGENT: Final = "Darkroom-Webhooks/1"
CONCURRENCY: Final = 128
"""Concurrent deliveries. Each mostly waits for the receiver's server, up to ten seconds."""
CONNECT_SECONDS: Final = 3.0
"""Timeout of look-up, TCP and TLS together."""
TOTAL_SECONDS: Final = 10.0
"""Timeout from the look-up to the end of the answer."""
MOST_ANSWER_BYTES: Final = 64 * 1024
"""The most bytes of the answer's body that are read."""


@dataclass(frozen=True)
class Outcome:
    """How a POST ended: with a status, with an error, or with both in case of a redirect."""

    status: int | None
    error: str | None


class Sender:
    """Sends webhooks. Errors of the receiver are outcomes, not exceptions."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def send(self, url: URL, body: str, headers: Mapping[str, str]) -> Outcome:
        """POST the body, once. Redirects are not followed: the client has not named their targets.

        If there is no public address, the call always takes CONNECT_SECONDS. Otherwise its duration would tell private
        names, which are looked up fast, from names that do not exist.
        """
        reported_at = asyncio.get_running_loop().time() + CONNECT_SECONDS
        try:
            async with self._session.post(url, data=body.encode(), headers=headers, allow_redirects=False) as answer:
                await _read(answer)
        except (aiohttp.ClientError, OSError) as error:
            reason = reason_of(error)
            if reason == NO_PUBLIC_ADDRESS:
                await until(reported_at)
            return Outcome(None, reason)
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
            return Outcome(answer.status, "redirect_refused")
        return Outcome(answer.status, None)


@asynccontextmanager
async def open_sender(*, allow_private: bool, trust: ssl.SSLContext | None = None) -> AsyncIterator[Sender]:
    """Open a sender for an `async with` block. `trust` replaces the certificates of the system's authorities."""
    async with (
        guarded_connector("webhook", concurrency=CONCURRENCY, allow_private=allow_private, trust=trust) as connector,
        aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, connect=CONNECT_SECONDS),
            headers={"User-Agent": USER_AGENT, "Content-Type": "application/json", "Accept-Encoding": "identity"},
            # Cookies of one receiver must not reach another. Answers are discarded, so they are not decompressed.
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            # A client's webhook must not use proxies and credentials from the environment.
            trust_env=False,
        ) as session,
    ):
        yield Sender(session)


async def _read(answer: aiohttp.ClientResponse) -> None:
    """Read the answer, up to MOST_ANSWER_BYTES."""
    read = 0
    async for chunk in answer.content.iter_any():
        read += len(chunk)
        if read > MOST_ANSWER_BYTES:
            answer.close()
            return
