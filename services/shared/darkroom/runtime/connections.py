"""A client's connection, and how long it may be kept open by doing next to nothing.

uvicorn waits without end for what a client has begun, and stops its clock at every byte. Here a connection is closed

    when no request comes within the keep-alive time    be it that its head never ends, or that the rest of a body still
                                                        comes which was answered early
    when nothing of an answer is taken for a minute     what waits to be sent is memory, and holds up whatever makes it

How long a request's own body may take is the application's to say.
"""

import asyncio
from http import HTTPStatus
from typing import Final, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from darkroom.runtime.problems import MEDIA_TYPE, document

MAX_HEAD_BYTES: Final = 16 * 1024
"""Of a request's line and headers."""
STALL_SECONDS: Final = 60.0
"""How long nothing of an answer may be taken."""

_NO_HTTP: Final = document(
    HTTPStatus.BAD_REQUEST,
    "malformed_request",
    f"This is no request in HTTP/1.1 as it is read here, or its head is longer than {MAX_HEAD_BYTES} bytes.",
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
    """uvicorn's connection with limits."""

    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # As uvicorn has it.
        """A client is there: the clock begins."""
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def data_received(self, data: bytes) -> None:
        """Read what came. The clock goes on until it completes the head of a request, where uvicorn stops it."""
        self.conn.receive_data(data)
        self.handle_events()

    def pause_writing(self) -> None:
        """The client takes its answer more slowly than it is made."""
        super().pause_writing()
        self._stalled = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client has taken something."""
        super().resume_writing()
        self._go_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone, or was sent away."""
        super().connection_lost(exc)
        self._go_on()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, unless an answer is there or on its way: then there is nothing more to say."""
        del msg
        if self.conn.our_state is h11.SEND_BODY:
            self.transport.abort()
            return
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            response = h11.Response(status_code=HTTPStatus.BAD_REQUEST, headers=_HEADERS)
            for event in (response, h11.Data(data=_NO_HTTP), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        # None before the first request, whatever its type says.
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle and not cycle.response_complete:
            # A head that was sound has a handler already, whose answer comes too late.
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()

    def _go_on(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
