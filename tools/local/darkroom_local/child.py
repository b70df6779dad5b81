"""A child process in a session of its own. Its output is read line by line.

The session keeps a terminal's Ctrl-C away from the child: the process that started it decides when it stops. It also
makes the child's own children (the processor's decoders) reachable: those that are left are killed with it.

If the parent dies without stopping it (SIGKILL, an aborted test run), Linux kills the child.
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
"""A function that takes a line of output, without its line break."""

_PR_SET_PDEATHSIG: Final = 1
"""Constant of linux/prctl.h. The setting survives exec. It is about the thread that forked, here the event loop's."""
_LIBC: Final = ctypes.CDLL(None)

_LONGEST_LINE_BYTES: Final = 1024 * 1024
"""A longer line is passed on in pieces."""


class Child:
    """A process that was started and may have ended."""

    def __init__(self, transport: asyncio.SubprocessTransport, events: "_Events") -> None:
        self._transport = transport
        self.pid = transport.get_pid()
        self._ended = asyncio.create_task(self._watch(events))

    @classmethod
    async def start(cls, command: Sequence[str], *, environment: Mapping[str, str], sink: LineSink) -> Self:
        """Start a command. The sink gets its standard output and error, line by line."""
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
        """Wait until the process and its children have ended. Return the exit status, negative after a signal."""
        return await asyncio.shield(self._ended)

    async def stop(self, *, grace_seconds: float) -> int:
        """Send SIGTERM, and SIGKILL after the grace or if cancelled. Return the exit status."""
        if self.is_running:
            self._transport.terminate()
        try:
            await asyncio.wait({self._ended}, timeout=grace_seconds)
        finally:
            self.kill()
            status = await self.wait()
        return status

    def kill(self) -> None:
        """Send SIGKILL to the process and its children."""
        if not self._ended.done():  # Later, the number may belong to another group.
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
            raise RuntimeError("asyncio reported an end without a status.")
        return status


def _die_with_parent() -> None:
    """Run in the child, between fork and exec."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class _Events(asyncio.SubprocessProtocol):
    """Callbacks of asyncio for one process. `Process.wait` will not do: it waits for grandchildren in some versions."""

    def __init__(self, sink: LineSink) -> None:
        self._sink = sink
        self._begun = b""
        self.exited = asyncio.Event()
        self.finished = asyncio.Event()
        """Set when the process has exited and all output is read."""

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Pass complete lines on to the sink."""
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
