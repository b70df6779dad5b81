"""Measures what a child uses, from inside the child."""

import os
import re
import resource
import sys
from typing import Final

from darkroom_processor.sandbox.child_protocol import Usage

_KIB: Final = 1024
_MEMORY: Final = re.compile(rb"^Vm(HWM|RSS):\s+(\d+) kB$", re.MULTILINE)
"""Peak and current resident memory (man 5 proc)."""


class Meter:
    """Measures CPU time and memory. Create it before the child is sealed, because it opens a file."""

    def __init__(self) -> None:
        self._status = os.open("/proc/self/status", os.O_RDONLY) if sys.platform == "linux" else None
        self._began = 0.0

    def start(self) -> None:
        """Count CPU time from now."""
        self._began = _cpu_seconds()

    def usage(self) -> Usage:
        """Return the CPU time since `start`, and the memory."""
        peak, resident = self._memory()
        return Usage(cpu_ms=round((_cpu_seconds() - self._began) * 1000), peak_bytes=peak, resident_bytes=resident)

    def _memory(self) -> tuple[int, int]:
        """Return the bytes that were resident at most, and those that are now.

        On Linux getrusage is no use: its peak includes that of the parent process.
        """
        if self._status is None:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            return peak, peak
        numbers = {name: int(number) * _KIB for name, number in _MEMORY.findall(os.pread(self._status, 8192, 0))}
        return numbers[b"HWM"], numbers[b"RSS"]


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
