"""Resource limits and process attributes that the template and its children set before they see an image.

Linux offers all of them. On other systems, such as a developer's Mac, the functions return the names of the missing
ones, and the others hold.
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
"""Descriptors that a process may have open. Each is a number below this."""


def confine_template(limits: Limits) -> list[str]:
    """Set what children inherit from the template. Return the names of what this system refused.

    The number of processes is not limited here: RLIMIT_NPROC counts all processes of the user, and threads too, which
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
        # No other process of this user may read the memory of this one.
        "PR_SET_DUMPABLE": (_PR_SET_DUMPABLE, 0),
        # No program gives this process more rights. The kernel demands this before a filter of system calls.
        "PR_SET_NO_NEW_PRIVS": (_PR_SET_NO_NEW_PRIVS, 1),
    }
    return refused + _set_attributes(attributes | _DIES_WITH_ITS_PARENT)


def confine_child(limits: Limits, template: int) -> list[str]:
    """Set what a child does not inherit. Return the names of what this system refused.

    `template` is the id of the process that forked the child. Ends this process if the template has already ended.
    """
    # Only a backstop for the timer of each image, which `set_cpu_timer` starts.
    refused = _set_limits({resource.RLIMIT_CPU: int(limits.cpu_seconds * limits.max_images) + 1})
    refused += _set_attributes(_DIES_WITH_ITS_PARENT)
    if os.getppid() != template:
        # It ended before the kernel knew that this process shall end with it.
        os._exit(1)
    return refused


def set_cpu_timer(seconds: float) -> None:
    """Let the kernel end this process (SIGPROF) after this much more CPU time of all threads; 0 stops the timer.

    Unlike RLIMIT_CPU, the timer can start again for each image.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)


def discard_output() -> None:
    """Discard what libraries print, since they quote the files that they complain about."""
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
"""The template ends whenever the service ends, and the children with the template. A fork does not inherit this."""


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
