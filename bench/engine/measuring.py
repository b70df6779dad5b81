"""The request loop of the contestants written in Python, which measure themselves."""

import json
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_HIGHEST_MARK = "5"


def serve(make: Callable[[bytes, str], list[bytes]]) -> None:
    """Answer all requests. `make` takes the bytes of a source and the name of a case, and returns all results."""
    if _CLEAR.exists():
        # Reset the peak of memory, so that the warm-up does not count.
        _CLEAR.write_text(_HIGHEST_MARK)
    idle = _resident("VmRSS")
    for line in sys.stdin:
        request = json.loads(line)
        data = Path(request["source"]).read_bytes()
        cpu, wall = _cpu_seconds(), time.perf_counter()
        results = make(data, request["case"])
        spent = {"cpu": _cpu_seconds() - cpu, "wall": time.perf_counter() - wall}
        memory = {"idle": idle, "peak": _resident("VmHWM")}
        if request["output"]:
            Path(request["output"]).write_bytes(results[0])
        sys.stdout.write(json.dumps({**spent, **memory, "bytes": sum(map(len, results))}) + "\n")
        sys.stdout.flush()


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _resident(field: str) -> int | None:
    """Return a memory figure of this process in bytes. getrusage is no use: its peak includes that of the parent."""
    if not _STATUS.exists():
        return None
    found = re.search(rf"^{field}:\s+(\d+) kB$", _STATUS.read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else None
