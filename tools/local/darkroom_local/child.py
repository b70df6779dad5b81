"""A child process in a session of its own, its output read line by line.

The session keeps a terminal's Ctrl-C away from the child: whoever started it decides when it stops. It also makes the
child's own children (the processor's decoders) reachable: what is left of them dies with it.

When whoever started it dies without a chance to stop it (SIGKILL, a test run that is cut off), Linux kills the child.
"""

import asyncio
import ctypes
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, Self

LineSink = Callable[[str], None]
"""Takes a line of output, without its line break."""

_PR_SET_PDEATHSIG: Final = 1
"""linux/prctl.h. Outlives the exec that follows; goes by the thread that forks, which is the one of the event loop."""
_LIBC: Final = ctypes.CDLL(None)

_LONGEST_LINE_BYTES: Final = 1024 * 1024
"""A line that grows longer is handed on in pieces."""


class Child:
    """A running process, or what is left of it."""

    def __init__(self, transport: asyncio.SubprocessTransport, events: "_Events") -> None:
        self._transport = transport
        self.pid = transport.get_pid()
        self._ended = asyncio.create_task(self._watch(events))

    @classmethod
    async def start(cls, command: Sequence[str], *, environment: Mapping[str, str], sink: LineSink) -> Self:
        """Start a command. Its standard output and error go to the sink, line by line."""
        transport, events = await asyncio.get_running_loop().subprocess_exec(
            lambda: _Events(sink),
            *command,
            env=environment,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )
        return cls(transport, events)

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._transport.get_returncode() is None

    async def wait(self) -> int:
        """The exit status, once nothing of the process is left and its output was read; negative after a signal."""
        return await asyncio.shield(self._ended)

    async def stop(self, *, grace_seconds: float) -> int:
        """SIGTERM, then SIGKILL after the grace or when cancelled; returns the exit status."""
        if self.is_running:
            self._transport.terminate()
        try:
            await asyncio.wait({self._ended}, timeout=grace_seconds)
        finally:
            self.kill()
            status = await self.wait()
        return status

    def kill(self) -> None:
        """SIGKILL to the process and to all that it started."""
        if not self._ended.done():  # Later, the group's number may be another's.
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    async def _watch(self, events: "_Events") -> int:
        await events.exited.wait()
        # The process's own children may outlive it, and hold its output open.
        self.kill()
        await events.finished.wait()
        self._transport.close()
        status = self._transport.get_returncode()
        if status is None:
            raise RuntimeError("asyncio told of an end without a status.")
        return status


def _die_with_parent() -> None:
    """Runs in the child, between fork and exec."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class _Events(asyncio.SubprocessProtocol):
    """What asyncio tells of a process. Its own `Process.wait` waits for grandchildren too, on some Python versions."""

    def __init__(self, sink: LineSink) -> None:
        self._sink = sink
        self._begun = b""
        self.exited = asyncio.Event()
        self.finished = asyncio.Event()
        """The process has exited and all output was read."""

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Hand complete lines on."""
        del fd
        *lines, self._begun = (self._begun + data).split(b"\n")
        if len(self._begun) > _LONGEST_LINE_BYTES:
            lines, self._begun = [*lines, self._begun], b""
        for line in lines:
            self._sink(line.decode("utf-8", "replace").rstrip("\r"))

    def process_exited(self) -> None:
        """The process itself is no more."""
        self.exited.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody holds the output open any more, and the process is no more."""
        del exc
        if self._begun:
            self._sink(self._begun.decode("utf-8", "replace"))
        self.finished.set()
