"""The service's side of one child: hands it an image, reads the answer, and judges how it ended."""

import asyncio
import signal
import socket
from collections.abc import Callable
from typing import Final

from pydantic import ValidationError

from darkroom.errors import ImageError, TimeLimit
from darkroom_processor.pipeline import Instructions, ProcessedImage
from darkroom_processor.sandbox.child_protocol import (
    LENGTH,
    MAX_HEADER_BYTES,
    MAX_PICTURES_BYTES,
    REPLY,
    Done,
    Ready,
    Refused,
    Reply,
    Usage,
    header_of,
    request,
)
from darkroom_processor.sandbox.execution import Execution
from darkroom_processor.sandbox.limits import Limits

_FAREWELL_SECONDS: Final = 1
"""Between the end of a child's connection and its own."""
_CPU_SIGNALS: Final = (-signal.SIGPROF, -signal.SIGXCPU)
_REFUSALS: Final = {error.code: error for error in ImageError.__subclasses__()}


class ChildFailed(Exception):
    """The child died, or what it said makes no sense. The text is for operators."""


class ChildHandle:
    """A running child. It works on one image at a time."""

    def __init__(
        self, channel: socket.socket, end: asyncio.Future[int | None], *, kill: Callable[[], None], limits: Limits
    ) -> None:
        self._channel = channel
        self._kill = kill
        self._limits = limits
        self._worn = False
        self.end = end
        """Has its exit status once the process is gone; None if nobody can tell."""
        self.images = 0
        """How many it was given."""
        self.owner: str | None = None
        """Whose images it was given; None before the first."""
        self.lacking: tuple[str, ...] = ()
        """Confinements that this system does not offer."""

    @property
    def fit(self) -> bool:
        """Whether it can be given another image."""
        return not self._worn and not self.end.done()

    def kill(self) -> None:
        """End it now. There is nothing in it to save."""
        self._worn = True
        if not self.end.done():
            self._kill()

    def close(self) -> None:
        """Close the connection to a child that has ended."""
        self._channel.close()

    async def get_ready(self) -> None:
        """Wait until it has confined itself. Raises ChildFailed when it does not come to that."""
        try:
            reply = await self._reply()
        except (ConnectionError, EOFError) as error:
            raise ChildFailed(f"did not start: status {await self._status()}") from error
        if not isinstance(reply, Ready):
            raise ChildFailed("did not say that it is ready")
        self.lacking = reply.lacking

    async def process(self, data: bytes | bytearray, work: Instructions, *, owner: str) -> Execution:
        """Hand over an image of its owner and wait for the answer, at most for the limits' `wall_seconds`.

        Raises ChildFailed when none comes that makes sense. After that, and after a cancellation, the child is dead.
        """
        if self.owner not in (None, owner):
            raise ValueError("A child works on the images of one owner only.")
        self.owner = owner
        self.images += 1
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                return await self._exchange(data, work)
        except TimeoutError:
            self.kill()
            return Execution(result=TimeLimit(f"The image took longer than {self._limits.wall_seconds:g} seconds."))
        except (ConnectionError, EOFError) as error:
            return await self._autopsy(error)
        except BaseException:
            self.kill()
            raise

    async def _exchange(self, data: bytes | bytearray, work: Instructions) -> Execution:
        loop = asyncio.get_running_loop()
        header, files = request(data, work)
        await loop.sock_sendall(self._channel, header_of(header))
        for file in files:
            await loop.sock_sendall(self._channel, file)
        match await self._reply():
            case Done() as done:
                result = done.processed(await self._pictures(done, work))
                return self._report(result, done.usage)
            case Refused() as refused:
                if refused.code not in _REFUSALS:
                    raise ChildFailed(f"unknown refusal: {refused.code[:40]!r}")
                return self._report(_REFUSALS[refused.code](refused.message), refused.usage)
            case other:
                raise ChildFailed(getattr(other, "detail", "not an answer"))

    async def _pictures(self, done: Done, work: Instructions) -> list[bytes]:
        if [outcome.name for outcome in done.outcomes] != [variant.name for variant in work.variants]:
            raise ChildFailed("the outcomes are not those of the variants asked for")
        if sum(done.sizes) > MAX_PICTURES_BYTES:
            raise ChildFailed("more bytes than an answer may have")
        return [bytes(await self._receive(size)) for size in done.sizes]

    async def _reply(self) -> Reply:
        (length,) = LENGTH.unpack(await self._receive(LENGTH.size))
        if length > MAX_HEADER_BYTES:
            raise ChildFailed("a header longer than a header may be")
        try:
            return REPLY.validate_json(await self._receive(length))
        except ValidationError as error:
            raise ChildFailed(f"an unreadable header, {error.error_count()} faults") from None

    async def _receive(self, size: int) -> bytearray:
        """Exactly so many bytes, read to where they stay. Raises EOFError when the child closes before."""
        loop = asyncio.get_running_loop()
        buffer = bytearray(size)
        with memoryview(buffer) as view:
            filled = 0
            while filled < size:
                received = await loop.sock_recv_into(self._channel, view[filled:])
                if received == 0:
                    raise EOFError
                filled += received
        return buffer

    def _report(self, result: ProcessedImage | ImageError, usage: Usage) -> Execution:
        report = Execution(result=result, cpu_ms=usage.cpu_ms, peak_bytes=usage.peak_bytes)
        worn = self.images >= self._limits.images or usage.resident_bytes > self._limits.resident_bytes
        # What a bug leaves behind in the child, no other image shall meet.
        self._worn = worn or bool(report.bugs)
        return report

    async def _autopsy(self, error: Exception) -> Execution:
        """The child hung up: by its CPU clock, which is an answer, or by a crash, which is none."""
        self._worn = True
        status = await self._status()
        if status in _CPU_SIGNALS:
            seconds = self._limits.cpu_seconds
            return Execution(
                result=TimeLimit(f"The image took more than {seconds:g} seconds of CPU time."),
                cpu_ms=round(seconds * 1000),
            )
        raise ChildFailed(f"ended with status {status}") from error

    async def _status(self) -> int | None:
        """The exit status of a child that hung up. One that lives on all the same is killed."""
        await asyncio.wait([self.end], timeout=_FAREWELL_SECONDS)
        self.kill()
        await asyncio.wait([self.end], timeout=_FAREWELL_SECONDS)
        return self.end.result() if self.end.done() else None
