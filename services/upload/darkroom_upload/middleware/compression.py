"""Compression of responses by gzip: an ASGI middleware.

Only whole bodies of text are compressed: JSON, problems, pages. Streams, images and archives never are, nor is a
response with a secret: its length, if compressed with what a client sent, would help to guess it (the attack BREACH).
"""

import gzip
import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST_BYTES: Final = 1024
"""Shorter bodies are sent as they are: they fit into one packet either way."""
_LEVEL: Final = 5
"""zlib's level. A list of 68 kB takes 0.8 ms of CPU and becomes 10 kB; level 1 takes half of it for 10 % more bytes."""
_TEXT: Final = re.compile(
    r"text/(?!event-stream)|application/(json|problem\+json|javascript|manifest\+json|xml)|image/svg\+xml"
)
SECRETS: Final = ("/auth/", "/keys", "/webhooks/", "/uploads/presigned")
"""Beginnings of the paths whose responses can have a secret."""
_SUFFIX: Final = "-gzip"
_ZERO: Final = re.compile(r"q\s*=\s*0(\.0*)?", re.IGNORECASE)
_NOT_MODIFIED: Final = 304


class Compression:
    """Compresses responses for clients that accept gzip.

    A compressed body has an ETag of its own: that of the plain body with `-gzip`. `If-None-Match` works with either,
    since the application sees only plain ones.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"].startswith(SECRETS):
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        known = asked.get("if-none-match", "")
        sender = _Sender(send, accepts=_accepts_gzip(asked), known=known)
        await self._app(_with_plain_etags(scope, known), receive, sender)


class _Sender:
    """Holds the head of a response back until it is known whether its body is sent at once."""

    def __init__(self, send: Send, *, accepts: bool, known: str) -> None:
        self._send = send
        self._accepts = accepts
        self._known = known
        self._head: Message | None = None

    async def __call__(self, message: Message) -> None:
        """Send a message, or hold it back."""
        if message["type"] == "http.response.start" and _may_change(message):
            self._head = message
            return
        if self._head is None:
            await self._send(message)
            return
        head, self._head = self._head, None
        if message["type"] == "http.response.body":
            message = self._compressed(head, message)
        await self._send(head)
        await self._send(message)

    def _compressed(self, head: Message, message: Message) -> Message:
        """Return the body to send, and change its head to fit."""
        headers, body = MutableHeaders(scope=head), message.get("body", b"")
        etag = headers.get("etag", "")
        headers.add_vary_header("Accept-Encoding")
        if head["status"] == _NOT_MODIFIED:
            # The client has this version compressed, and keeps it under that ETag.
            if etag and _tagged(etag) in self._known:
                headers["etag"] = _tagged(etag)
            return message
        if not self._accepts or message.get("more_body", False) or len(body) < LEAST_BYTES:
            return message
        # Without a time of its own, the same body always yields the same bytes, as a strong ETag promises.
        body = gzip.compress(body, _LEVEL, mtime=0)
        headers["content-encoding"] = "gzip"
        headers["content-length"] = str(len(body))
        if etag:
            headers["etag"] = _tagged(etag)
        return {**message, "body": body}


def _may_change(head: Message) -> bool:
    """Return whether a response may be sent compressed, or answers for one that was."""
    headers = Headers(raw=head["headers"])
    if (
        "content-encoding" in headers
        or "content-range" in headers
        or "no-transform" in headers.get("cache-control", "")
    ):
        return False
    return head["status"] == _NOT_MODIFIED or _TEXT.match(headers.get("content-type", "")) is not None


def _accepts_gzip(headers: Headers) -> bool:
    """Say whether the client accepts gzip (RFC 9110, section 12.5.3). A quality of 0 refuses it."""
    named: dict[str, bool] = {}
    for part in headers.get("accept-encoding", "").split(","):
        name, _, quality = part.partition(";")
        named[name.strip().lower()] = _ZERO.fullmatch(quality.strip()) is None
    return named.get("gzip", named.get("*", False))


def _tagged(etag: str) -> str:
    """Return the ETag of the compressed form of the body with this ETag."""
    return f'{etag.removesuffix(chr(34))}{_SUFFIX}"'


def _with_plain_etags(scope: Scope, known: str) -> Scope:
    """Return the request with the ETags of compressed bodies replaced by those of the plain ones."""
    if f'{_SUFFIX}"' not in known:
        return scope
    others = [(name, value) for name, value in scope["headers"] if name != b"if-none-match"]
    plain = known.replace(f'{_SUFFIX}"', '"').encode("latin-1")
    return {**scope, "headers": [*others, (b"if-none-match", plain)]}
