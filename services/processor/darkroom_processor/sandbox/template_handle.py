"""The service's handle of the template: starts it, asks it for children, and learns how they ended."""

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
from darkroom_processor.sandbox.template_protocol import SIZE, MessageKind, pack, unpack

COMMAND: Final = (sys.executable, "-I", "-B", "-m", "darkroom_processor.sandbox.template")
"""Isolated: neither the environment nor the working directory affects what is imported. No file is written."""

_ENVIRONMENT: Final = {
    "LANG": "C.UTF-8",
    # A single arena: each further one reserves address space for a thread, which counts against the limit.
    "MALLOC_ARENA_MAX": "1",
}
"""The whole environment of the template and its children. It contains no credentials."""

_START_SECONDS: Final = 30
"""Seconds in which the template has to import everything, and its first child to confine itself."""
_END_SECONDS: Final = 2
"""Seconds in which a child or the template has to end when asked. It takes milliseconds, unless the template hangs:
then the template is killed, and Linux kills its children. A service that stops has ten seconds in all."""
_CRASHES: Final = frozenset({-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGILL, -signal.SIGABRT, -signal.SIGFPE})


class TemplateHandle:
    """A running template."""

    def __init__(self, process: Process, connection: socket.socket, limits: Limits) -> None:
        self._process = process
        self._connection = connection
        self._limits = limits
        self._numbers = count()
        self._exits: dict[int, asyncio.Future[int | None]] = {}
        self.must_be_replaced = asyncio.Event()
        """Set when a child has crashed or the template has ended."""
        self.ended = False
        """Whether the template has ended. Until then it can fork children, even when it must be replaced."""

    async def fork_child(self) -> ChildHandle:
        """Fork a child and wait until it has confined itself. Raises ChildFailed if it does not."""
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        number = next(self._numbers)
        exited = self._exits[number] = asyncio.get_running_loop().create_future()
        child = ChildHandle(ours, exited, kill=partial(self._send, MessageKind.KILL, number), limits=self._limits)
        with theirs:
            self._send(MessageKind.FORK, number, theirs)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await child.wait_until_ready()
        except TimeoutError as error:
            # Either the child hangs or the template. A template that hangs can fork no other child.
            self.kill()
            await self.end_child(child)
            raise ChildFailed(f"was not ready after {_START_SECONDS} seconds") from error
        except BaseException:
            await self.end_child(child)
            raise
        return child

    async def end_child(self, child: ChildHandle) -> None:
        """Kill the child if it lives, and wait until it has ended."""
        try:
            child.kill()
            await asyncio.wait([child.exited], timeout=_END_SECONDS)
            if not child.exited.done():
                self.kill()
                await asyncio.wait([child.exited])
        finally:
            child.close()

    async def wait_for_children(self) -> None:
        """Wait until all children have ended."""
        while self._exits:
            await asyncio.wait(self._exits.values())

    async def listen(self) -> None:
        """Receive the exit status of each child, until the template ends."""
        with suppress(ConnectionError, ValueError):
            while message := await self._receive():
                _, number, status = unpack(message)
                self._exits.pop(number).set_result(status)
                if status in _CRASHES:
                    self.must_be_replaced.set()
        self.kill()
        await self._process.wait()
        self.ended = True
        self.must_be_replaced.set()
        while self._exits:
            self._exits.popitem()[1].set_result(None)

    def kill(self) -> None:
        """End the template at once, and with it its children."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def end(self) -> None:
        """Let the template end its children and then itself. Kill it if it does not."""
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _END_SECONDS)
        self.kill()

    def _send(self, kind: MessageKind, number: int, channel: socket.socket | None = None) -> None:
        """Send a message without waiting. A template that accepts no more messages hangs or has ended: kill it."""
        try:
            socket.send_fds(self._connection, [pack(kind, number)], [channel.fileno()] if channel else [])
        except OSError:
            self.kill()

    async def _receive(self) -> bytes:
        """Return the next message; empty when the template has closed the connection."""
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
    """Start a template. On leaving, it and its children are ended."""
    ours, theirs = socket.socketpair()
    with ours:
        ours.settimeout(0)
        with theirs:
            # In a session of its own, Ctrl-C at a terminal reaches only the service, which finishes its work first.
            process = await asyncio.create_subprocess_exec(
                *command,
                limits.to_json(),
                stdin=theirs.fileno(),
                stdout=DEVNULL,
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        template = TemplateHandle(process, ours, limits)
        listening = asyncio.create_task(template.listen())
        try:
            yield template
        finally:
            await template.end()
            await listening
