"""Runs a contestant, which is a program that answers each line of JSON on its standard input with one of its own.

A request is {"source": path, "case": name, "output": path or null}: where the picture is, what to make of it, where the
first result goes. The answer has the fields of `Run`.
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
    # glibc's allocator would keep what is freed, and so hide what a picture takes behind what warming up took.
    "MALLOC_MMAP_THRESHOLD_": "65536",
    "MALLOC_TRIM_THRESHOLD_": "65536",
}
"""An environment for a contestant whose memory is measured, and not its time."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What one run of a case took."""

    cpu: float
    """Seconds, user and system, of all threads."""
    wall: float
    """Seconds."""
    bytes: int
    """Of all results."""
    idle: int | None
    """Bytes resident before the process' first run; None where nobody tells."""
    peak: int | None
    """Bytes resident at most since then."""


class Contestant:
    """One of them, in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @classmethod
    @contextmanager
    def started(cls, name: str, environment: Mapping[str, str] | None = None) -> Iterator[Self]:
        """A process that lives as long as the block."""
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
