"""A child process in a session of its own, its output read line by line.

The session keeps a terminal's Ctrl-C away from the child: whoever started it decides when it stops. It also makes the
child's own children (the processor's decoders) reachable: what is left of them dies with it.
"""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, Self

LineSink = Callable[[str], None]
"""Takes a line of output, without its line break."""

_LONGEST_LINE_BYTES: Final = 1024 * 1024


class Child:
    """A running process, or what is left of it."""

    def __init__(self, process: Process, output: asyncio.StreamReader, sink: LineSink) -> None:
        self._process = process
        self.pid = process.pid
        self._ended = asyncio.create_task(self._watch(output, sink))

    @classmethod
    async def start(cls, command: Sequence[str], *, environment: Mapping[str, str], sink: LineSink) -> Self:
        """Start a command. Its standard output and error go to the sink, line by line."""
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
            limit=_LONGEST_LINE_BYTES,
        )
        if process.stdout is None:
            raise RuntimeError("asyncio opened no pipe for the output.")
        return cls(process, process.stdout, sink)

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.returncode is None

    async def wait(self) -> int:
        """The exit status, once nothing of the process is left and its output was read; negative after a signal."""
        return await asyncio.shield(self._ended)

    async def stop(self, *, grace_seconds: float) -> int:
        """SIGTERM, then SIGKILL after the grace or when cancelled; returns the exit status."""
        if self.is_running:
            with suppress(ProcessLookupError):
                self._process.terminate()
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

    async def _watch(self, output: asyncio.StreamReader, sink: LineSink) -> int:
        reading = asyncio.create_task(_read(output, sink))
        status = await self._process.wait()
        # The process's own children may outlive it and hold the pipe open.
        self.kill()
        await reading
        return status


async def _read(output: asyncio.StreamReader, sink: LineSink) -> None:
    while line := await _next_line(output):
        sink(line.decode("utf-8", "replace").rstrip("\r\n"))


async def _next_line(output: asyncio.StreamReader) -> bytes:
    """A line, or as much of one as may be held; empty at the end."""
    try:
        return await output.readuntil()
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as overrun:
        return await output.readexactly(overrun.consumed)
