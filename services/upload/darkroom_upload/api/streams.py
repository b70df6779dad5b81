"""Answers that are written while they are sent."""

from collections.abc import AsyncIterable
from contextlib import AbstractContextManager
from typing import Any

from fastapi.responses import Response, StreamingResponse
from sse_starlette import EventSourceResponse
from starlette.types import Receive, Scope, Send


class _Admitted(Response):
    """An answer that holds a place from before its first byte until its end, whoever brings that about.

    Without a place it raises Unavailable, which is answered like any error: nothing has been sent by then.
    """

    def __init__(self, content: AsyncIterable[Any], place: AbstractContextManager[None], **more: Any) -> None:
        super().__init__(content, **more)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        with self._place:
            await super().__call__(scope, receive, send)


class AdmittedStream(_Admitted, StreamingResponse):
    """A stream of bytes that holds a place."""


class AdmittedEvents(_Admitted, EventSourceResponse):
    """A stream of events that holds a place."""
