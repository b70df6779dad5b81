"""Responses that are written while they are sent."""

from collections.abc import AsyncIterable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from fastapi.responses import StreamingResponse
from sse_starlette import EventSourceResponse
from starlette.types import Receive, Scope, Send


class AdmittedStream(StreamingResponse):
    """A stream of bytes that holds a slot from before its first byte until it ends, however it ends.

    If there is no slot, it raises Unavailable before anything is sent. The client gets that as any other error.
    """

    def __init__(
        self,
        content: AsyncIterable[bytes],
        slot: AbstractContextManager[None],
        *,
        media_type: str,
        headers: Mapping[str, str],
        status_code: int = 200,
    ) -> None:
        super().__init__(content, media_type=media_type, headers=headers, status_code=status_code)
        self._slot = slot

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        with self._slot:
            await super().__call__(scope, receive, send)


class AdmittedEvents(EventSourceResponse):
    """A stream of Server-Sent Events that holds a slot in the same way.

    A comment is sent every `ping_seconds`; none for 0. Content is fields of events, or their encoded text.
    """

    def __init__(
        self, content: AsyncIterable[dict[str, Any] | bytes], slot: AbstractContextManager[None], *, ping_seconds: int
    ) -> None:
        super().__init__(content, ping=ping_seconds, sep="\n")
        self._slot = slot

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream."""
        with self._slot:
            await super().__call__(scope, receive, send)
