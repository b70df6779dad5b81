"""A client's connection, with time limits for clients that do next to nothing.

uvicorn waits forever for a request that has begun: each byte stops its timer. Here a connection is closed if

    no complete request head arrives within the keep-alive time    also while the rest of a body arrives that was
                                                                   already answered
    the client reads nothing of an answer for a minute             unsent data takes memory and blocks its sender

The application limits the time of a request's body.
"""

import asyncio
from http import HTTPStatus
from typing import Final, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from darkroom.runtime.problems import MEDIA_TYPE, document

MAX_HEAD_BYTES: Final = 16 * 1024
"""Most bytes of a request's line and headers together."""
STALL_SECONDS: Final = 60.0
"""How long a client may read nothing of an answer."""

_NO_HTTP: Final = document(
    HTTPStatus.BAD_REQUEST,
    "malformed_request",
    f"This is not a valid HTTP/1.1 request, or its head has more than {MAX_HEAD_BYTES} bytes.",
    instance="",
)
_HEADERS: Final = [
    ("Content-Type", MEDIA_TYPE),
    ("Content-Length", str(len(_NO_HTTP))),
    ("Connection", "close"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
]


class Connection(H11Protocol):
    """A connection of uvicorn with time limits."""

    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As uvicorn has it.
        """Start the timer for the first request."""
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def data_received(self, data: bytes) -> None:
        """Read data. The timer runs on until the head of a request is complete, when uvicorn stops it."""
        self.conn.receive_data(data)
        self.handle_events()

    def pause_writing(self) -> None:
        """Start the timer for a client that reads too slowly."""
        super().pause_writing()
        self._stalled = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop the timer: the client has read something."""
        super().resume_writing()
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer: the connection is closed."""
        super().connection_lost(exc)
        self._go_on()

    def send_400_response(self, msg: str) -> None:
        """Answer data that is not HTTP, and close. If an answer has already begun, only close."""
        del msg
        if self.conn.our_state is h11.SEND_BODY:
            self.transport.abort()
            return
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            response = h11.Response(status_code=HTTPStatus.BAD_REQUEST, headers=_HEADERS)
            for event in (response, h11.Data(data=_NO_HTTP), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        # It is None before the first request, although its type does not say so.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle and not cycle.response_complete:
            # The handler of an earlier, valid head still runs. Its answer comes too late.
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()

    def _go_on(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
