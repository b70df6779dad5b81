"""The interface for all input and output: requests, pauses and files.

It has two implementations. `BlockingTransport` blocks and never suspends, `AsyncTransport` awaits.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

import httpx

from darkroom_client.files import Sending

T = TypeVar("T")

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 60.0


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request, before it is sent."""

    method: str
    target: str
    """Path of the API, or a URL of someone else who must not see the API key."""
    params: Mapping[str, str | int | Sequence[str]] = field(default_factory=dict)
    json: Any = None
    fields: Mapping[str, str] = field(default_factory=dict)
    """Fields of a form that come before the file."""
    file: Sending | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = False
    """Whether it may be sent again although it may have taken effect."""
    wants_redirect: bool = False
    """Whether a redirect is the answer. It is never followed."""
    read_seconds: float = READ_SECONDS
    """Longest silence of the service."""

    @property
    def timeout(self) -> httpx.Timeout:
        """Limits of silence, as httpx takes them."""
        return httpx.Timeout(self.read_seconds, connect=CONNECT_SECONDS)


@dataclass(frozen=True, kw_only=True)
class Streamed:
    """An answer whose body comes piece by piece. The body of a refusal has been read already."""

    answer: httpx.Response
    chunks: AsyncIterator[bytes]


class Transport(Protocol):
    """Sends requests, pauses, and works on files. Requests raise httpx.RequestError."""

    async def send(self, request: Request) -> httpx.Response:
        """Return the answer, its body read."""

    def stream(self, request: Request) -> AbstractAsyncContextManager[Streamed]:
        """Return the answer as it comes."""

    async def sleep(self, seconds: float) -> None:
        """Pause."""

    async def run(self, work: Callable[[], T]) -> T:
        """Do work that blocks, such as writing a file."""


def built(http: httpx.Client | httpx.AsyncClient, request: Request) -> httpx.Request:
    """Return the request as httpx sends it. The body is streamed."""
    return http.build_request(
        request.method,
        request.target,
        params=dict(request.params) or None,
        json=request.json,
        headers=dict(request.headers),
        timeout=request.timeout,
        data=dict(request.fields) or None,
        files={"file": request.file.part()} if request.file else None,
    )
