"""The bytes of a request's body: bounded, and given up when the client is gone or says nothing any more."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect

from darkroom.errors import MalformedRequest, UploadTooLarge

STALL_SECONDS: Final = 60.0
"""How long nothing may come. A client that lost its network would else hold its upload open for good."""

TooLarge = Callable[[int], UploadTooLarge]
"""The error for a body of that many bytes."""


async def body_of(request: Request, *, max_bytes: int, too_large: TooLarge) -> AsyncIterator[bytes]:
    """The body as it comes. Raises RequestError.

    One that is too large is refused by its Content-Length before it is read, else as soon as it has been.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise too_large(int(announced))
    read = 0
    chunks = request.stream()
    while chunk := await _next(chunks):
        read += len(chunk)
        if read > max_bytes:
            raise too_large(read)
        yield chunk


async def _next(chunks: AsyncIterator[bytes]) -> bytes:
    """The next bytes; none at the end."""
    try:
        async with asyncio.timeout(STALL_SECONDS):
            return await anext(chunks, b"")
    except TimeoutError as error:
        raise MalformedRequest(f"Nothing of the body has come for {STALL_SECONDS:.0f} seconds.") from error
    except ClientDisconnect as error:
        raise MalformedRequest("The connection was closed before the whole body had arrived.") from error
