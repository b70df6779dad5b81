"""Runs a contestant: a program that reads requests from standard input and writes answers, as lines of JSON.

A request is {"source": path, "case": name, "output": path or null}: the image file, the case to run, and a file for the
first result. The answer has the fields of `Run`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

HERE = Path(__file__).parent

COMMANDS = {
    "Darkroom": [sys.executable, "-m", "bench.engine.own"],
    "sharp": ["node", str(HERE / "peer.mjs")],
    "Pillow": [sys.executable, "-m", "bench.engine.plain"],
}

RETURN_MEMORY: Final[Mapping[str, str]] = {
    # glibc's allocator keeps freed memory. The memory of an image would be hidden by that of the warm-up.
    "MALLOC_MMAP_THRESHOLD_": "65536",
    "MALLOC_TRIM_THRESHOLD_": "65536",
}
"""Environment variables of a contestant whose memory is measured, not its time."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """Time, bytes and memory of one run of a case."""

    cpu: float
    """CPU time in seconds, user and system, of all threads."""
    wall: float
    """Wall-clock time in seconds."""
    bytes: int
    """Bytes of all results."""
    idle: int | None
    """Resident bytes before the first run of the process; None if unknown."""
    peak: int | None
    """Most resident bytes since then; None if unknown."""


class Contestant:
    """A contestant in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @classmethod
    @contextmanager
    def started(cls, name: str, environment: Mapping[str, str] | None = None) -> Iterator[Self]:
        """Start a process that ends with the block."""
        process = subprocess.Popen(  # noqa: S603 - the project's own
            COMMANDS[name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        try:
            yield cls(process)
        finally:
            process.communicate()

    def run(self, case: str, source: Path, output: Path | None = None) -> Run:
        """Run a case once. Raises RuntimeError when the process has ended."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the contestant has no pipes")
        request = {"source": str(source), "case": case, "output": str(output) if output else None}
        stdin.write(json.dumps(request) + "\n")
        stdin.flush()
        answer = stdout.readline()
        if not answer:
            raise RuntimeError("the contestant has ended")
        return Run(**json.loads(answer))
