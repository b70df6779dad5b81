"""The bytes of a request's body: limited in size, and given up if the client is gone or too slow."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect

from darkroom.errors import MalformedRequest, UploadTooLarge

STALL_SECONDS: Final = 60.0
"""Longest pause between two chunks. Without it, a client that lost its network would hold its upload open for ever."""
SLOWEST_BYTES: Final = 1024
"""Bytes a second that must arrive after the first minute. Without it, a byte now and then would do the same."""

TooLarge = Callable[[int], UploadTooLarge]
"""Makes the error for a body of that many bytes."""


async def body_of(request: Request, *, max_bytes: int, too_large: TooLarge) -> AsyncIterator[bytes]:
    """Yield the body's chunks as they arrive. Raises RequestError.

    If the Content-Length is over the limit, the body is refused unread; else as soon as too many bytes have arrived.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise too_large(int(announced))
    chunks, clock = request.stream(), asyncio.get_running_loop().time
    read, waited = 0, 0.0
    while True:
        began = clock()
        # The time between two reads does not count: it goes into storing what has arrived.
        chunk = await _next(chunks, STALL_SECONDS + min(0.0, read / SLOWEST_BYTES - waited))
        waited += clock() - began
        if not chunk:
            return
        read += len(chunk)
        if read > max_bytes:
            raise too_large(read)
        yield chunk


async def _next(chunks: AsyncIterator[bytes], seconds: float) -> bytes:
    """Return the next chunk if it arrives within that time; an empty one at the end."""
    try:
        async with asyncio.timeout(seconds):
            return await anext(chunks, b"")
    except TimeoutError as error:
        raise MalformedRequest(
            f"The body arrives too slowly. Send at least {SLOWEST_BYTES} bytes a second, without a pause of "
            f"{STALL_SECONDS:.0f} seconds."
        ) from error
    except ClientDisconnect as error:
        raise MalformedRequest("The connection was closed before the whole body had arrived.") from error
