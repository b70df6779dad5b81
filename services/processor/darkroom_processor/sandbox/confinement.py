"""What a child takes from itself before it sees the first image.

Linux has all of it. Elsewhere (a developer's Mac) what the system does not offer is named, and the rest holds.
"""

import ctypes
import os
import resource
import signal
import sys
from typing import Final

from darkroom_processor.sandbox import seccomp
from darkroom_processor.sandbox.limits import Limits

# linux/prctl.h
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38

_OPEN_FILES: Final = 32


def restrict(limits: Limits) -> list[str]:
    """Set resource limits and process attributes; return what this system refused.

    The number of processes is not limited here: RLIMIT_NPROC counts those of the whole user, and threads too, which
    the AVIF codec needs. The filter of system calls forbids new processes instead.
    """
    wanted = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        # Only a backstop for the clock of each image, which `cpu_clock` sets.
        resource.RLIMIT_CPU: int(limits.cpu_seconds * limits.images) + 1,
    }
    refused = [_LIMIT_NAMES[kind] for kind, value in wanted.items() if not _set_limit(kind, value)]
    return refused + _set_attributes()


def seal() -> list[str]:
    """Give up files, network and other programs for good; return what this system refused.

    After this nothing can be opened any more, so all that the work needs is imported before.
    """
    return [] if seccomp.seal() else ["seccomp"]


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


def _set_limit(kind: int, value: int) -> bool:
    try:
        resource.setrlimit(kind, (value, value))
    except (OSError, ValueError):
        return False
    return True


def _set_attributes() -> list[str]:
    if sys.platform != "linux":
        return ["prctl"]
    libc = ctypes.CDLL(None, use_errno=True)
    attributes = {
        # However the service ends, its children do too.
        "PR_SET_PDEATHSIG": (_PR_SET_PDEATHSIG, signal.SIGKILL),
        # No other process of this user may look into this one.
        "PR_SET_DUMPABLE": (_PR_SET_DUMPABLE, 0),
        # No program could give more rights than this process has; also the condition for a filter of system calls.
        "PR_SET_NO_NEW_PRIVS": (_PR_SET_NO_NEW_PRIVS, 1),
    }
    return [name for name, (option, value) in attributes.items() if libc.prctl(option, value, 0, 0, 0) != 0]
