"""Measures work in forked processes, which start in the state of a child that waits for its first image."""

import json
import os
import re
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

_STATUS: Final = Path("/proc/self/status")
_ENOUGH_SECONDS: Final = 0.4
_MOST_RUNS: Final = 15

Work = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """CPU time and memory that a piece of work took."""

    cpu_ms: float
    """Minimum CPU time in milliseconds, since other processes can only add to it."""
    peak_bytes: int
    """Highest growth of the address space during the work, in bytes."""
    kept_bytes: int
    """Growth of the address space after the work, while its result is still held, in bytes."""
    before_bytes: int
    """Address space before the work, in bytes."""


def measured(prepare: Callable[[], Work]) -> Taken:
    """Measure the work that `prepare` returns.

    The peak of an address space cannot be reset, but a forked process starts with a new one. So one process prepares,
    and its child does the work.
    """
    return Taken(**forked(lambda: _of(prepare())))


def _of(work: Work) -> dict[str, Any]:
    def run() -> dict[str, Any]:
        before = _status("VmSize")
        began = time.process_time()
        result = work()
        times = [time.process_time() - began]
        peak, kept = _status("VmPeak") - before, _status("VmSize") - before
        del result
        while sum(times) < _ENOUGH_SECONDS and len(times) < _MOST_RUNS:
            began = time.process_time()
            work()
            times.append(time.process_time() - began)
        taken = Taken(cpu_ms=min(times) * 1000, peak_bytes=peak, kept_bytes=kept, before_bytes=before)
        return asdict(taken)

    return forked(run)


def forked(task: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run the task in a child of this process and return its result. Raises RuntimeError if the task fails."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.write(writer, json.dumps(task()).encode())
            status = 0
        except Exception:  # noqa: BLE001 - the status informs the parent, and the traceback informs people
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        told = answer.read()
    _, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError("a measurement has failed")
    found: dict[str, Any] = json.loads(told)
    return found


def _status(field: str) -> int:
    """Return a memory field of `/proc/self/status` in bytes. Linux only."""
    found = re.search(rf"^{field}:\s+(\d+) kB$", _STATUS.read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"this system does not tell {field}")
    return int(found[1]) * 1024
