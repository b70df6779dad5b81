"""What the template and its children take from themselves before there is an image.

Linux has all of it. Elsewhere (a developer's Mac) what the system does not offer is named, and the rest holds.
"""

import ctypes
import os
import resource
import signal
import sys
from typing import Final

from darkroom_processor.sandbox.limits import Limits

# linux/prctl.h
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38

OPEN_FILES: Final = 32
"""Descriptors that a process may have open; each is a number below this."""


def restrict(limits: Limits) -> list[str]:
    """Set what the template's children inherit from it; return what this system refused.

    The number of processes is not limited here: RLIMIT_NPROC counts those of the whole user, and threads too, which
    the AVIF codec needs. The filter of system calls forbids new processes instead.
    """
    refused = _set_limits(
        {
            resource.RLIMIT_AS: limits.memory_bytes,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_NOFILE: OPEN_FILES,
        }
    )
    attributes = {
        # No other process of this user may look into this one.
        "PR_SET_DUMPABLE": (_PR_SET_DUMPABLE, 0),
        # No program could give more rights than this process has; also the condition for a filter of system calls.
        "PR_SET_NO_NEW_PRIVS": (_PR_SET_NO_NEW_PRIVS, 1),
    }
    return refused + _set_attributes(attributes | _DIES_WITH_ITS_PARENT)


def bound(limits: Limits, template: int) -> list[str]:
    """Set what a child does not inherit; return what this system refused.

    `template` is the process that forked it. Ends this process if the template has ended meanwhile.
    """
    # Only a backstop for the clock of each image, which `cpu_clock` sets.
    refused = _set_limits({resource.RLIMIT_CPU: int(limits.cpu_seconds * limits.images) + 1})
    refused += _set_attributes(_DIES_WITH_ITS_PARENT)
    if os.getppid() != template:
        # It ended before the kernel knew that this process is to end with it.
        os._exit(1)
    return refused


def cpu_clock(seconds: float) -> None:
    """Let the kernel end this process (SIGPROF) once it has used so much more CPU time; 0 stops the clock.

    It counts all threads, and unlike RLIMIT_CPU it starts anew for each image.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)


def silence() -> None:
    """Send what libraries print to nowhere: they quote the files that they complain about."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


_LIMIT_NAMES: Final = {
    resource.RLIMIT_AS: "RLIMIT_AS",
    resource.RLIMIT_FSIZE: "RLIMIT_FSIZE",
    resource.RLIMIT_CORE: "RLIMIT_CORE",
    resource.RLIMIT_NOFILE: "RLIMIT_NOFILE",
    resource.RLIMIT_CPU: "RLIMIT_CPU",
}


_DIES_WITH_ITS_PARENT: Final[dict[str, tuple[int, int]]] = {"PR_SET_PDEATHSIG": (_PR_SET_PDEATHSIG, signal.SIGKILL)}
"""However the service ends, the template does too, and with the template its children. A fork does not inherit it."""


def _set_limits(wanted: dict[int, int]) -> list[str]:
    return [_LIMIT_NAMES[kind] for kind, value in wanted.items() if not _set_limit(kind, value)]


def _set_limit(kind: int, value: int) -> bool:
    try:
        resource.setrlimit(kind, (value, value))
    except (OSError, ValueError):
        return False
    return True


def _set_attributes(attributes: dict[str, tuple[int, int]]) -> list[str]:
    if sys.platform != "linux":
        return ["prctl"]
    prctl = ctypes.CDLL(None).prctl
    return [name for name, (option, value) in attributes.items() if prctl(option, value, 0, 0, 0) != 0]
