"""The service's side of the template: starts it, asks it for children, and hears how they ended."""

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import count
from typing import Final

from darkroom_processor.sandbox.child_handle import ChildFailed, ChildHandle
from darkroom_processor.sandbox.limits import Limits
from darkroom_processor.sandbox.template_protocol import SIZE, MessageKind, read, written

COMMAND: Final = (sys.executable, "-I", "-B", "-m", "darkroom_processor.sandbox.template")
"""Isolated: neither the environment nor the working directory decides what is imported. Nothing is written."""

_ENVIRONMENT: Final = {
    "LANG": "C.UTF-8",
    # One arena: the others reserve address space by the thread, which counts against the limit.
    "MALLOC_ARENA_MAX": "1",
}
"""All of the template's environment, and so of its children's: no credentials."""

_START_SECONDS: Final = 30
"""Until the template has imported everything and its first child has confined itself."""
_END_SECONDS: Final = 2
"""Seconds that a child or the template has to end after it was told to. It takes milliseconds, unless the template
hangs: then the template is killed, and Linux kills its children. A service that stops has ten seconds in all."""
_CRASHES: Final = frozenset({-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL, -signal.SIGABRT, -signal.SIGFPE})


class TemplateHandle:
    """A running template."""

    def __init__(self, process: Process, connection: socket.socket, limits: Limits) -> None:
        self._process = process
        self._connection = connection
        self._limits = limits
        self._numbers = count()
        self._ends: dict[int, asyncio.Future[int | None]] = {}
        self.spent = asyncio.Event()
        """Set when a child has crashed, or the template has ended: another template has to take over."""
        self.ended = False
        """Whether the template has ended. Until then it forks children, even when it is spent."""

    @property
    def pid(self) -> int:
        """Process id of the template."""
        return self._process.pid

    async def child(self) -> ChildHandle:
        """Fork a child and wait until it has confined itself. Raises ChildFailed when it does not come to that."""
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        number = next(self._numbers)
        end = self._ends[number] = asyncio.get_running_loop().create_future()
        child = ChildHandle(ours, end, kill=partial(self._tell, MessageKind.KILL, number), limits=self._limits)
        with theirs:
            self._tell(MessageKind.FORK, number, theirs)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await child.get_ready()
        except TimeoutError as error:
            # Either the child hangs or the template does, and of a template that hangs no child can be had.
            self.kill()
            await self.buried(child)
            raise ChildFailed(f"was not ready after {_START_SECONDS} seconds") from error
        except BaseException:
            await self.buried(child)
            raise
        return child

    async def buried(self, child: ChildHandle) -> None:
        """Kill the child if it lives and wait until it is gone."""
        try:
            child.kill()
            await asyncio.wait([child.end], timeout=_END_SECONDS)
            if not child.end.done():
                self.kill()
                await asyncio.wait([child.end])
        finally:
            child.close()

    async def childless(self) -> None:
        """Wait until all children have ended."""
        while self._ends:
            await asyncio.wait(self._ends.values())

    async def listen(self) -> None:
        """Hear of the children's ends until the template ends."""
        with suppress(ConnectionError, ValueError):
            while message := await self._message():
                _, number, status = read(message)
                self._ends.pop(number).set_result(status)
                if status in _CRASHES:
                    self.spent.set()
        self.kill()
        await self._process.wait()
        self.ended = True
        self.spent.set()
        while self._ends:
            self._ends.popitem()[1].set_result(None)

    def kill(self) -> None:
        """End the template, and with it its children, at once."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def end(self) -> None:
        """Let the template end its children and then itself."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _END_SECONDS)
        self.kill()

    def _tell(self, word: MessageKind, number: int, channel: socket.socket | None = None) -> None:
        """Never waits. A template that takes no more messages hangs, or has ended."""
        try:
            socket.send_fds(self._connection, [written(word, number)], [channel.fileno()] if channel else [])
        except OSError:
            self.kill()

    async def _message(self) -> bytes:
        """The next message; nothing when the template has closed the connection."""
        loop = asyncio.get_running_loop()
        message = b""
        while len(message) < SIZE:
            part = await loop.sock_recv(self._connection, SIZE - len(message))
            if not part:
                return b""
            message += part
        return message


@asynccontextmanager
async def running_template(command: Sequence[str], limits: Limits) -> AsyncIterator[TemplateHandle]:
    """A template that was started; neither it nor a child is left behind on leaving."""
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
        launcher = TemplateHandle(process, ours, limits)
        listening = asyncio.create_task(launcher.listen())
        try:
            yield launcher
        finally:
            await launcher.end()
            await listening
