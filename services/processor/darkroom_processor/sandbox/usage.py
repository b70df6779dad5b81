"""Measures what a child uses, from inside."""

import os
import re
import resource
import sys
from typing import Final

from darkroom_processor.sandbox.child_protocol import Usage

_KIB: Final = 1024
_MEMORY: Final = re.compile(rb"^Vm(HWM|RSS):\s+(\d+) kB$", re.MULTILINE)
"""The most that was resident, and what is (man 5 proc)."""


class Meter:
    """Opened before the child is sealed: afterwards nothing can be."""

    def __init__(self) -> None:
        self._status = os.open("/proc/self/status", os.O_RDONLY) if sys.platform == "linux" else None
        self._began = 0.0

    def start(self) -> None:
        """Count from here."""
        self._began = _cpu_seconds()

    def usage(self) -> Usage:
        """What was used since `start`."""
        peak, resident = self._memory()
        return Usage(cpu_ms=round((_cpu_seconds() - self._began) * 1000), peak_bytes=peak, resident_bytes=resident)

    def _memory(self) -> tuple[int, int]:
        """Bytes resident at most and now. Not by getrusage on Linux: its peak is also that of the process which started
        this one."""
        if self._status is None:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            return peak, peak
        numbers = {name: int(number) * _KIB for name, number in _MEMORY.findall(os.pread(self._status, 8192, 0))}
        return numbers[b"HWM"], numbers[b"RSS"]


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
