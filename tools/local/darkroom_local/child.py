"""A child process in a session of its own, its output read line by line.

The session keeps a terminal's Ctrl-C away from the child: whoever started it decides when it stops. It also makes the
child's own children (the processor's decoders) reachable: what is left of them dies with it.
"""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, Self

LineSink = Callable[[str], None]
"""Takes a line of output, without its line break."""

_LONGEST_LINE_BYTES: Final = 1024 * 1024


class Child:
    """A running process. `ended` is a task that holds the exit code; negative is the signal that ended it."""

    def __init__(self, process: Process, sink: LineSink) -> None:
        self._process = process
        self.pid = process.pid
        self.ended: asyncio.Task[int] = asyncio.create_task(self._watch(sink))

    @classmethod
    async def start(cls, command: Sequence[str], *, environment: Mapping[str, str], sink: LineSink) -> Self:
        """Start a command. Its standard output and error go to the sink, line by line."""
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=PIPE,
            stderr=STDOUT,
            start_new_session=True,
            limit=_LONGEST_LINE_BYTES,
        )
        return cls(process, sink)

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._process.returncode is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process itself, if it still runs."""
        if self.is_running:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL to the process and to all that it started."""
        # The group's number cannot have been given to others while it has members.
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    async def stop(self, *, grace_seconds: float) -> int:
        """SIGTERM, then SIGKILL after the grace; returns the exit code when nothing of the process is left."""
        self.signal(signal.SIGTERM)
        await asyncio.wait({self.ended}, timeout=grace_seconds)
        self.kill()
        return await self.ended

    async def _watch(self, sink: LineSink) -> int:
        reading = asyncio.create_task(self._read(sink))
        code = await self._process.wait()
        # A grandchild may outlive the process and hold the pipe open.
        self.kill()
        await reading
        return code

    async def _read(self, sink: LineSink) -> None:
        output = self._process.stdout
        if output is None:
            raise RuntimeError("The process was started without a pipe.")
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
