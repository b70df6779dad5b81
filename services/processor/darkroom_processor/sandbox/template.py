"""The template: a process that is ready to process images, never sees one, and forks the children that do.

It imports and warms up everything that a child needs, once, and confines itself. Then it forks a child whenever the
service asks for one, which takes milliseconds. No child finds anything of another child's images in its memory, because
the template never held any. The template has a single thread, which makes forking safe.

Standard input is the template's end of the control connection. Its only argument is the limits of its children. When
the service closes the other end, the template kills its children and ends.
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
from darkroom_processor.sandbox.confinement import OPEN_FILES, confine_child, confine_template, discard_output
from darkroom_processor.sandbox.limits import Limits
from darkroom_processor.sandbox.preload import preload
from darkroom_processor.sandbox.seccomp import Filter
from darkroom_processor.sandbox.template_protocol import CANNOT_FORK, SIZE, MessageKind, pack, unpack

CHANNEL: Final = 3
"""The descriptor of a child's connection to the service: its only one besides the standard three."""


def run(process: Process, prepare: Callable[[], None]) -> None:
    """Run as a template whose children call `process`; return when the service has gone. `prepare` warms them up."""
    limits = Limits.from_json(sys.argv[1])
    connection = socket.socket(fileno=os.dup(0))
    missing = confine_template(limits)
    prepare()
    discard_output()
    template = _Template(connection, process, limits, missing)
    if not Filter(forks=True).install():
        missing.append("seccomp of the template")
    # Objects that exist now live as long as this process. When they are frozen, the garbage collector of a child does
    # not write to their pages, and the pages stay shared.
    gc.collect()
    gc.disable()
    gc.freeze()
    template.serve()


class _Template:
    """Forks and reaps children, one event after another."""

    def __init__(self, service: socket.socket, process: Process, limits: Limits, missing: list[str]) -> None:
        self._service = service
        self._process = process
        self._limits = limits
        self._missing = missing
        self._pid = os.getpid()
        self._filter = Filter()
        self._numbers: dict[int, int] = {}
        """Number of each living child, by its process id."""
        self._woken, wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(wake, False)
        # When a child ends, Python writes a byte to `wake`, which interrupts the wait for events. The handler itself
        # does nothing.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)

    def serve(self) -> None:
        """Obey the service until it closes the connection; then end all children."""
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
                    self._handle_message()
        for pid in self._numbers:
            os.kill(pid, signal.SIGKILL)
        for pid in self._numbers:
            os.waitpid(pid, 0)

    def _handle_message(self) -> None:
        message, descriptors, _, _ = socket.recv_fds(self._service, SIZE, 1)
        if len(message) < SIZE:
            raise EOFError
        kind, number, _ = unpack(message)
        if kind is MessageKind.FORK:
            (channel,) = descriptors
            self._fork(number, channel)
        else:
            self._kill(number)

    def _fork(self, number: int, channel: int) -> None:
        try:
            pid = os.fork()
        except OSError:
            self._service.sendall(pack(MessageKind.ENDED, number, CANNOT_FORK))
        else:
            if pid == 0:
                self._run_child(channel)
            self._numbers[pid] = number
        finally:
            # No later child may inherit the connection of this one.
            os.close(channel)

    def _run_child(self, channel: int) -> Never:
        """Run in the process that was just forked: keep one connection open, and serve until it closes."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.dup2(channel, CHANNEL)
            os.closerange(CHANNEL + 1, OPEN_FILES)
            gc.enable()
            with socket.socket(fileno=CHANNEL) as service:
                serve(service, self._process, self._limits, self._confine)
            status = 0
        finally:
            # An exception must not reach the callers of this method: they belong to the template.
            os._exit(status)

    def _confine(self) -> list[str]:
        missing = [*self._missing, *confine_child(self._limits, self._pid)]
        # Nothing can be opened from here on. Everything that is needed was imported before.
        if not self._filter.install():
            missing.append("seccomp")
        return list(dict.fromkeys(missing))

    def _kill(self, number: int) -> None:
        # A process id cannot belong to another process yet: only `_reap` frees it, and removes it from `_numbers`.
        for pid, known in self._numbers.items():
            if known == number:
                os.kill(pid, signal.SIGKILL)

    def _reap(self) -> None:
        while self._numbers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            exit_status = os.waitstatus_to_exitcode(status)
            self._service.sendall(pack(MessageKind.ENDED, self._numbers.pop(pid), exit_status))


def main() -> None:
    """Run the template of children that process images."""
    run(process, preload)


if __name__ == "__main__":
    main()
