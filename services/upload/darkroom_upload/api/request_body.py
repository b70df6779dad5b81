"""The bytes of a request's body: bounded, and given up when the client is gone, or too slow to wait for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect

from darkroom.errors import MalformedRequest, UploadTooLarge

STALL_SECONDS: Final = 60.0
"""How long nothing may come. A client that lost its network would else hold its upload open for good."""
SLOWEST_BYTES: Final = 1024
"""How much has to come a second, after the first minute. A byte now and then would else hold it open just as well."""

TooLarge = Callable[[int], UploadTooLarge]
"""The error for a body of that many bytes."""


async def body_of(request: Request, *, max_bytes: int, too_large: TooLarge) -> AsyncIterator[bytes]:
    """The body as it comes. Raises RequestError.

    One that is too large is refused by its Content-Length before it is read, else as soon as it has been.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise too_large(int(announced))
    chunks, clock = request.stream(), asyncio.get_running_loop().time
    read, waited = 0, 0.0
    while True:
        began = clock()
        # What is spent elsewhere, on storing what has come, is not the client's doing.
        chunk = await _next(chunks, STALL_SECONDS + min(0.0, read / SLOWEST_BYTES - waited))
        waited += clock() - began
        if not chunk:
            return
        read += len(chunk)
        if read > max_bytes:
            raise too_large(read)
        yield chunk


async def _next(chunks: AsyncIterator[bytes], seconds: float) -> bytes:
    """The next bytes, if they come within so many seconds; none at the end."""
    try:
        async with asyncio.timeout(seconds):
            return await anext(chunks, b"")
    except TimeoutError as error:
        raise MalformedRequest(
            f"The body comes too slowly: {SLOWEST_BYTES} bytes a second are the least, and something within "
            f"{STALL_SECONDS:.0f} seconds."
        ) from error
    except ClientDisconnect as error:
        raise MalformedRequest("The connection was closed before the whole body had arrived.") from error
