"""The service's side of one child: starts it, hands it an image, reads the answer, and judges how it ended."""

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from pydantic import ValidationError

from darkroom.errors import ImageError, TimeLimit
from darkroom_processor.pipeline import Processed, Work
from darkroom_processor.sandbox.limits import Limits
from darkroom_processor.sandbox.report import Report
from darkroom_processor.sandbox.wire import (
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

COMMAND: Final = (sys.executable, "-I", "-B", "-m", "darkroom_processor.sandbox.child")
"""Isolated: neither the environment nor the working directory decides what is imported. Nothing is written."""

_ENVIRONMENT: Final = {
    "LANG": "C.UTF-8",
    # One arena: the others reserve address space by the thread, which counts against the limit.
    "MALLOC_ARENA_MAX": "1",
}
"""All of the child's environment, and so no credentials."""

_START_SECONDS: Final = 30
_FAREWELL_SECONDS: Final = 1
"""Between the end of a child's connection and its own."""
_CPU_SIGNALS: Final = (-signal.SIGPROF, -signal.SIGXCPU)
_REFUSALS: Final = {error.code: error for error in ImageError.__subclasses__()}


class ChildFailed(Exception):
    """The child died, or what it said makes no sense. The text is for operators."""


class Child:
    """A running child. It works on one image at a time."""

    def __init__(self, process: Process, channel: socket.socket, limits: Limits) -> None:
        self._process = process
        self._channel = channel
        self._limits = limits
        self._worn = False
        self.images = 0
        """How many it was given."""
        self.lacking: tuple[str, ...] = ()
        """Confinements that this system does not offer."""

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def fit(self) -> bool:
        """Whether it can be given another image."""
        return not self._worn and self._process.returncode is None

    def kill(self) -> None:
        """End it now. There is nothing in it to save."""
        self._worn = True
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def ended(self) -> None:
        """Wait until the process is gone."""
        await self._process.wait()

    async def get_ready(self) -> None:
        """Wait until it has confined itself. Raises ChildFailed when it does not come to that."""
        try:
            async with asyncio.timeout(_START_SECONDS):
                reply = await self._reply()
        except TimeoutError as error:
            raise ChildFailed(f"was not ready after {_START_SECONDS} seconds") from error
        except (ConnectionError, EOFError) as error:
            raise ChildFailed(f"did not start: status {await self._status()}") from error
        if not isinstance(reply, Ready):
            raise ChildFailed("did not say that it is ready")
        self.lacking = reply.lacking

    async def process(self, data: bytes | bytearray, work: Work) -> Report:
        """Hand over an image and wait for the answer, at most for the limits' `wall_seconds`.

        Raises ChildFailed when none comes that makes sense. After that, and after a cancellation, the child is dead.
        """
        self.images += 1
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                return await self._exchange(data, work)
        except TimeoutError:
            self.kill()
            return Report(result=TimeLimit(f"The image took longer than {self._limits.wall_seconds:g} seconds."))
        except (ConnectionError, EOFError) as error:
            return await self._autopsy(error)
        except BaseException:
            self.kill()
            raise

    async def _exchange(self, data: bytes | bytearray, work: Work) -> Report:
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

    async def _pictures(self, done: Done, work: Work) -> list[bytes]:
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

    def _report(self, result: Processed | ImageError, usage: Usage) -> Report:
        report = Report(result=result, cpu_ms=usage.cpu_ms, peak_bytes=usage.peak_bytes)
        worn = self.images >= self._limits.images or usage.resident_bytes > self._limits.resident_bytes
        # What a bug leaves behind in the child, no other image shall meet.
        self._worn = worn or bool(report.bugs)
        return report

    async def _autopsy(self, error: Exception) -> Report:
        """The child hung up: by its CPU clock, which is an answer, or by a crash, which is none."""
        self._worn = True
        status = await self._status()
        if status in _CPU_SIGNALS:
            seconds = self._limits.cpu_seconds
            return Report(
                result=TimeLimit(f"The image took more than {seconds:g} seconds of CPU time."),
                cpu_ms=round(seconds * 1000),
            )
        raise ChildFailed(f"ended with status {status}") from error

    async def _status(self) -> int:
        """The exit status of a child that hung up. One that lives on all the same is killed."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _FAREWELL_SECONDS)
        self.kill()
        return await self._process.wait()


@asynccontextmanager
async def started(command: Sequence[str], limits: Limits) -> AsyncIterator[Child]:
    """A child that is ready for work; none is left behind on leaving.

    Raises ChildFailed when it does not get ready.
    """
    ours, theirs = socket.socketpair()
    with ours:
        ours.settimeout(0)
        with theirs:
            # A session of its own: Ctrl-C at a terminal is for the service, which drains.
            process = await asyncio.create_subprocess_exec(
                *command,
                limits.to_json(),
                stdin=theirs.fileno(),
                stdout=DEVNULL,
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        child = Child(process, ours, limits)
        try:
            await child.get_ready()
            yield child
        finally:
            child.kill()
            await child.ended()
