"""The refusal of requests whose end two servers may see in different places: an ASGI middleware."""

from http import HTTPStatus

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from darkroom.errors import MalformedRequest
from darkroom.runtime import problems


class SingleBodyLength:
    """Refuses a body that gives its length both by `Content-Length` and by chunks, and closes the connection.

    A proxy that believes the other length takes the rest for the next client's request (RFC 9112, sections 6.3 and
    11.2).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if not {"content-length", "transfer-encoding"} <= set(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        detail = "A request may have a Content-Length or a Transfer-Encoding, not both. Send one."
        answer = problems.problem(Request(scope), HTTPStatus.BAD_REQUEST, MalformedRequest.code, detail)
        answer.headers["Connection"] = "close"
        await answer(scope, receive, send)
