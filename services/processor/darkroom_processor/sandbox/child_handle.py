"""The service's handle of one child: sends it an image, checks the answer, and judges how the child ended."""

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
    MAX_RESULT_BYTES,
    REPLY,
    Done,
    Ready,
    Refused,
    Reply,
    Usage,
    header_bytes,
    request,
)
from darkroom_processor.sandbox.execution import Execution
from darkroom_processor.sandbox.limits import Limits

_EXIT_SECONDS: Final = 1
"""Seconds that a child has to end after its connection has closed."""
_CPU_SIGNALS: Final = (-signal.SIGPROF, -signal.SIGXCPU)
_REFUSALS: Final = {error.code: error for error in ImageError.__subclasses__()}


class ChildFailed(Exception):
    """The child died, or its answer makes no sense. The text is for operators."""


class ChildHandle:
    """A running child. It processes one image at a time."""

    def __init__(
        self, channel: socket.socket, exited: asyncio.Future[int | None], *, kill: Callable[[], None], limits: Limits
    ) -> None:
        self._channel = channel
        self._kill = kill
        self._limits = limits
        self._worn_out = False
        self.exited = exited
        """The exit status, once the process has ended; None if it is unknown."""
        self.images = 0
        """Number of images that the child was given."""
        self.owner: str | None = None
        """The owner of these images; None before the first."""
        self.missing: tuple[str, ...] = ()
        """Confinements that this system does not offer."""

    @property
    def is_usable(self) -> bool:
        """Whether the child can be given another image."""
        return not self._worn_out and not self.exited.done()

    def kill(self) -> None:
        """End the child now. It holds nothing worth saving."""
        self._worn_out = True
        if not self.exited.done():
            self._kill()

    def close(self) -> None:
        """Close the connection to a child that has ended."""
        self._channel.close()

    async def wait_until_ready(self) -> None:
        """Wait until the child has confined itself. Raises ChildFailed if it ends or says anything else."""
        try:
            reply = await self._reply()
        except (ConnectionError, EOFError) as error:
            raise ChildFailed(f"did not start: status {await self._exit_status()}") from error
        if not isinstance(reply, Ready):
            raise ChildFailed("did not say that it is ready")
        self.missing = reply.missing

    async def process(self, data: bytes | bytearray, instructions: Instructions, *, owner: str) -> Execution:
        """Send an image of this owner and wait for the answer, at most `wall_seconds` of the limits.

        Raises ChildFailed if the child dies or its answer makes no sense. After that, and after a cancellation, the
        child is dead. Raises ValueError if the child has seen an image of another owner.
        """
        if self.owner not in (None, owner):
            raise ValueError("A child works on the images of one owner only.")
        self.owner = owner
        self.images += 1
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                return await self._exchange(data, instructions)
        except TimeoutError:
            self.kill()
            return Execution(result=TimeLimit(f"The image took longer than {self._limits.wall_seconds:g} seconds."))
        except (ConnectionError, EOFError) as error:
            return await self._execution_of_ended_child(error)
        except BaseException:
            self.kill()
            raise

    async def _exchange(self, data: bytes | bytearray, instructions: Instructions) -> Execution:
        loop = asyncio.get_running_loop()
        header, files = request(data, instructions)
        await loop.sock_sendall(self._channel, header_bytes(header))
        for file in files:
            await loop.sock_sendall(self._channel, file)
        match await self._reply():
            case Done() as done:
                result = done.processed(await self._files(done, instructions))
                return self._execution(result, done.usage)
            case Refused() as refused:
                if refused.code not in _REFUSALS:
                    raise ChildFailed(f"unknown refusal: {refused.code[:40]!r}")
                return self._execution(_REFUSALS[refused.code](refused.message), refused.usage)
            case other:
                raise ChildFailed(getattr(other, "detail", "not an answer"))

    async def _files(self, done: Done, instructions: Instructions) -> list[bytes]:
        """Receive the variants and the thumbnail. Raises ChildFailed if they are not those that were asked for."""
        if [outcome.name for outcome in done.outcomes] != [variant.name for variant in instructions.variants]:
            raise ChildFailed("the outcomes are not those of the requested variants")
        if (done.thumbnail is not None) != instructions.thumbnail:
            raise ChildFailed("a thumbnail that was not asked for, or none")
        if sum(done.sizes) > MAX_RESULT_BYTES:
            raise ChildFailed("more bytes than an answer may have")
        return [bytes(await self._receive(size)) for size in done.sizes]

    async def _reply(self) -> Reply:
        (length,) = LENGTH.unpack(await self._receive(LENGTH.size))
        if length > MAX_HEADER_BYTES:
            raise ChildFailed("the header is longer than allowed")
        try:
            return REPLY.validate_json(await self._receive(length))
        except ValidationError as error:
            raise ChildFailed(f"the header is invalid: {error.error_count()} faults") from None

    async def _receive(self, size: int) -> bytearray:
        """Receive exactly `size` bytes, without a copy. Raises EOFError if the child closes the connection before."""
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

    def _execution(self, result: ProcessedImage | ImageError, usage: Usage) -> Execution:
        execution = Execution(result=result, cpu_ms=usage.cpu_ms, peak_bytes=usage.peak_bytes)
        limits = self._limits
        used_up = self.images >= limits.max_images or usage.resident_bytes > limits.max_resident_bytes
        # A bug may leave the child in a bad state, which no other image shall meet.
        self._worn_out = used_up or bool(execution.bugs)
        return execution

    async def _execution_of_ended_child(self, error: Exception) -> Execution:
        """Judge a child that closed the connection. Its CPU timer is an answer; any other end raises ChildFailed."""
        self._worn_out = True
        status = await self._exit_status()
        if status in _CPU_SIGNALS:
            seconds = self._limits.cpu_seconds
            return Execution(
                result=TimeLimit(f"The image took more than {seconds:g} seconds of CPU time."),
                cpu_ms=round(seconds * 1000),
            )
        raise ChildFailed(f"ended with status {status}") from error

    async def _exit_status(self) -> int | None:
        """Return the exit status of a child that closed the connection. A child that still runs is killed."""
        await asyncio.wait([self.exited], timeout=_EXIT_SECONDS)
        self.kill()
        await asyncio.wait([self.exited], timeout=_EXIT_SECONDS)
        return self.exited.result() if self.exited.done() else None
