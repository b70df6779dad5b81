"""The template: a process that is ready to work on images, never sees one, and forks the children that do.

It imports and warms up all that a child needs, once, and confines itself. Then it forks a child whenever the service
asks for one: that takes milliseconds, and no child finds anything of another child's images, since the memory it
starts with never held any. The template has one thread, which a fork needs to be safe.

Standard input is its end of the control connection, the one argument the limits of its children. When the service
closes the other end, it kills its children and ends.
"""

import gc
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Never

from darkroom_processor.pipeline import process
from darkroom_processor.sandbox.child import Process, serve
from darkroom_processor.sandbox.confinement import OPEN_FILES, bound, restrict, silence
from darkroom_processor.sandbox.limits import Limits
from darkroom_processor.sandbox.preload import preload
from darkroom_processor.sandbox.seccomp import Filter
from darkroom_processor.sandbox.template_protocol import CANNOT_FORK, SIZE, MessageKind, read, written

CHANNEL: Final = 3
"""The descriptor over which a child talks to the service: the only one that it has, beside the standard three."""


def run(work_on: Process, prepare: Callable[[], None]) -> None:
    """Be a template whose children do `work_on`; return when the service has gone. `prepare` warms them up."""
    limits = Limits.from_json(sys.argv[1])
    connection = socket.socket(fileno=os.dup(0))
    lacking = restrict(limits)
    prepare()
    silence()
    template = _Template(connection, work_on, limits, lacking)
    if not Filter(forks=True).lay():
        lacking.append("seccomp of the template")
    # What lives now lives as long as this process. Frozen, the collector of a child does not write to its pages, and
    # they stay shared.
    gc.collect()
    gc.disable()
    gc.freeze()
    template.serve()


class _Template:
    """Forks and reaps children, one event after the other."""

    def __init__(self, service: socket.socket, work_on: Process, limits: Limits, lacking: list[str]) -> None:
        self._service = service
        self._work_on = work_on
        self._limits = limits
        self._lacking = lacking
        self._pid = os.getpid()
        self._filter = Filter()
        self._numbers: dict[int, int] = {}
        """Number of each living child by its process id."""
        self._woken, wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(wake, False)
        # A child's end interrupts the wait for events: the handler does nothing, but Python writes a byte to `wake`.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Do what the service asks until it has gone; leave no child behind."""
        events = select.poll()
        events.register(self._service, select.POLLIN)
        events.register(self._woken, select.POLLIN)
        with suppress(ConnectionError, EOFError):
            while True:
                ready = {descriptor for descriptor, _ in events.poll()}
                if self._woken in ready:
                    os.read(self._woken, 4096)
                    self._reap()
                if self._service.fileno() in ready:
                    self._obey()
        for pid in self._numbers:
            os.kill(pid, signal.SIGKILL)
        for pid in self._numbers:
            os.waitpid(pid, 0)

    def _obey(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._service, SIZE, 1)
        if len(message) < SIZE:
            raise EOFError
        word, number, _ = read(message)
        if word is MessageKind.FORK:
            (channel,) = descriptors
            self._fork(number, channel)
        else:
            self._kill(number)

    def _fork(self, number: int, channel: int) -> None:
        try:
            pid = os.fork()
        except OSError:
            self._service.sendall(written(MessageKind.ENDED, number, CANNOT_FORK))
        else:
            if pid == 0:
                self._be_a_child(channel)
            self._numbers[pid] = number
        finally:
            # No later child may inherit the connection of this one.
            os.close(channel)

    def _be_a_child(self, channel: int) -> Never:
        """Leave this process, just forked, one connection, and serve until that closes."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(channel, CHANNEL)
            os.closerange(CHANNEL + 1, OPEN_FILES)
            gc.enable()
            with socket.socket(fileno=CHANNEL) as service:
                serve(service, self._work_on, self._limits, self._confine)
            status = 0
        finally:
            # Whatever was raised: the frames below are the template's, and no child may return there.
            os._exit(status)

    def _confine(self) -> list[str]:
        lacking = [*self._lacking, *bound(self._limits, self._pid)]
        # From here on nothing can be opened: all that the work needs was imported before.
        if not self._filter.lay():
            lacking.append("seccomp")
        return list(dict.fromkeys(lacking))

    def _kill(self, number: int) -> None:
        """The process id is still that child's: it is freed by `_reap`, which also forgets it."""
        for pid, known in self._numbers.items():
            if known == number:
                os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        while self._numbers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            ended = written(MessageKind.ENDED, self._numbers.pop(pid), os.waitstatus_to_exitcode(status))
            self._service.sendall(ended)


def main() -> None:
    """Be the template of children that process images."""
    run(process, preload)


if __name__ == "__main__":
    main()
