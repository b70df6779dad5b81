"""Requests written by hand, byte by byte, which no client library would send."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.upload.service import KEY, RunningService


class Wire:
    """A connection on which a request is written by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def begin(self, path: str = "/uploads", **headers: str) -> None:
        """Send the head of a POST. In the names of headers, `_` stands for `-`."""
        lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"x-api-key: {KEY}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.send("\r\n".join([*lines, "", ""]).encode())

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def send_chunk(self, data: bytes) -> None:
        await self.send(b"%x\r\n%b\r\n" % (len(data), data))

    async def answer(self) -> tuple[int, dict[str, Any]]:
        """Return the status and body of the next response."""
        async with asyncio.timeout(10):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
            headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:-2])
            body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return int(head.split()[1]), json.loads(body or b"{}")

    async def rest(self) -> bytes:
        """Return all bytes until the service closes the connection."""
        async with asyncio.timeout(10):
            return await self._reader.read()

    def half_close(self) -> None:
        """Close the sending half of the connection."""
        self._writer.write_eof()

    async def close(self) -> None:
        self._writer.close()
        await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)

    def cut(self) -> None:
        """Close the connection at once, without an orderly end."""
        self._writer.transport.abort()


@asynccontextmanager
async def wire(service: RunningService) -> AsyncIterator[Wire]:
    connection = Wire(*await asyncio.open_connection("127.0.0.1", service.port))
    try:
        yield connection
    finally:
        await connection.close()
