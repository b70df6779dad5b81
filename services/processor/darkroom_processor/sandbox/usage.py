"""Measures what a child uses, from inside."""

import os
import resource
import sys
from typing import Final

from darkroom_processor.sandbox.wire import Usage

_MAXRSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024
_PAGE_BYTES: Final = resource.getpagesize()


class Meter:
    """Opened before the child is sealed: afterwards nothing can be."""

    def __init__(self) -> None:
        self._statm = os.open("/proc/self/statm", os.O_RDONLY) if sys.platform == "linux" else None
        self._began = 0.0

    def start(self) -> None:
        """Count from here."""
        self._began = _cpu_seconds()

    def usage(self) -> Usage:
        """What was used since `start`."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_UNIT
        return Usage(
            cpu_ms=round((_cpu_seconds() - self._began) * 1000),
            peak_bytes=peak,
            resident_bytes=peak if self._statm is None else self._resident(self._statm),
        )

    def _resident(self, statm: int) -> int:
        return int(os.pread(statm, 128, 0).split()[1]) * _PAGE_BYTES


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
