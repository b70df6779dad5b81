"""Measures Darkroom's pipeline beside sharp and plain Pillow: CPU time, memory, bytes and quality, in one run.

    npm ci --prefix bench/engine
    python -m bench.engine.engine [--repeat N] [--only CASE] [--made]

The pictures are those of sharp's own benchmark when ../shared/corpus is there, else made ones of the same sizes. Every
contestant is a process of its own with one thread. Runs alternate, so that a busy machine is as busy for all.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.engine.cases import Case, cases, published
from bench.engine.contestant import COMMANDS, HERE, Contestant, Run
from bench.engine.quality import Quality, judge
from bench.engine.table import Table, verdict
from tests.support import images

MEMORY_GOAL = 1.5
"""The highest share of sharp's peak memory that is aimed at."""
QUALITY_GOAL = -0.5
"""Decibels that a result may at most be worse than sharp's."""
_FRESH_PROCESSES = 3
_MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What came out for one contestant in one case: medians."""

    cpu: float
    wall: float
    bytes: int
    peak: float | None
    quality: Quality


def source_files(folder: Path, *, made: bool) -> dict[str, Path]:
    """The pictures by kind; those that are made are put into the folder."""
    found = None if made else published()
    if found is not None:
        return found
    files = {kind: folder / f"made.{kind}" for kind in ("jpg", "png")}
    files["jpg"].write_bytes(images.encoded(images.photo(2725, 2225), "JPEG", quality=80))
    files["png"].write_bytes(images.encoded(images.photo(2048, 1536, "RGBA"), "PNG"))
    return files


def measure(case: Case, source: Path, folder: Path, repeat: int) -> dict[str, Measured]:
    """All contestants in one case."""
    peaks = {name: [_peak(name, case, source) for _ in range(_FRESH_PROCESSES)] for name in COMMANDS}
    outputs = {name: folder / name for name in COMMANDS}
    runs: dict[str, list[Run]] = {name: [] for name in COMMANDS}
    with ExitStack() as stack:
        running = {name: stack.enter_context(Contestant.started(name)) for name in COMMANDS}
        for name, contestant in running.items():
            contestant.run(case.name, source, outputs[name])
        for _ in range(repeat):
            for name, contestant in running.items():
                runs[name].append(contestant.run(case.name, source))
    data = source.read_bytes()
    return {
        name: Measured(
            cpu=_median(runs[name], lambda run: run.cpu),
            wall=_median(runs[name], lambda run: run.wall),
            bytes=runs[name][0].bytes,
            peak=statistics.median(known) if (known := [peak for peak in peaks[name] if peak is not None]) else None,
            quality=judge(data, outputs[name].read_bytes()),
        )
        for name in COMMANDS
    }


def _peak(name: str, case: Case, source: Path) -> int | None:
    """Of the first run in a fresh process: memory that was taken once is seldom given back."""
    with Contestant.started(name) as contestant:
        return contestant.run(case.name, source).peak


def _median(runs: list[Run], of: Callable[[Run], float]) -> float:
    return statistics.median(map(of, runs))


def time_row(case: Case, found: dict[str, Measured]) -> list[str]:
    """Milliseconds."""
    own, peer, plain = found.values()
    ratio = own.cpu / peer.cpu
    spent = [f"{one.cpu * 1000:.0f}" for one in (own, peer, plain)]
    walls = [f"{one.wall * 1000:.0f}" for one in (own, peer, plain)]
    return [case.name, *spent, f"{ratio:.2f}", f"{case.goal:.1f}", verdict(met=ratio <= case.goal), *walls]


def memory_row(case: Case, found: dict[str, Measured]) -> list[str]:
    """Megabytes."""
    own, peer, plain = (one.peak for one in found.values())
    if own is None or peer is None or plain is None:
        return [case.name, "?", "?", "?", "?", f"{MEMORY_GOAL:.1f}", "?"]
    peaks = [f"{peak / _MEGABYTE:.1f}" for peak in (own, peer, plain)]
    return [case.name, *peaks, f"{own / peer:.2f}", f"{MEMORY_GOAL:.1f}", verdict(met=own / peer <= MEMORY_GOAL)]


def result_row(case: Case, found: dict[str, Measured]) -> list[str]:
    """Kilobytes of all results; decibels and similarity of the first."""
    own, peer, plain = found.values()
    ratio, goal = own.bytes / peer.bytes, case.bytes_goal
    gained = own.quality.decibels - peer.quality.decibels
    return [
        case.name,
        *(f"{one.bytes / 1000:.1f}" for one in (own, peer, plain)),
        f"{ratio:.2f}",
        f"{goal:.1f}" if goal else "",
        verdict(met=ratio <= goal) if goal else "",
        *(f"{one.quality.decibels:.1f}" for one in (own, peer, plain)),
        f"{gained:+.1f}",
        f"{QUALITY_GOAL:.1f}",
        verdict(met=gained >= QUALITY_GOAL),
        *(f"{one.quality.similarity:.4f}" for one in (own, peer, plain)),
    ]


_JUDGED = ["ratio", "goal", ""]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=15, help="runs of each case, after one to warm up")
    parser.add_argument("--only", default="", help="only cases whose name has this in it")
    parser.add_argument("--made", action="store_true", help="made pictures, even where the published ones are")
    arguments = parser.parse_args()
    if not (HERE / "node_modules").is_dir():
        raise SystemExit("sharp is not installed: run npm ci --prefix bench/engine first.")
    names = list(COMMANDS)
    times = Table("CPU and wall-clock time, ms", ["", *names, *_JUDGED, *(f"wall {name}" for name in names)])
    memory = Table("Peak memory above the idle process, MB", ["", *names, *_JUDGED])
    bytes_head = [*(f"kB {name}" for name in names), *_JUDGED]
    quality_head = [*(f"dB {name}" for name in names), "gained", *_JUDGED[1:], *(f"SSIM {name}" for name in names)]
    results = Table(
        "Results: bytes of all, nearness of the first to Lanczos on all pixels", ["", *bytes_head, *quality_head]
    )
    with tempfile.TemporaryDirectory() as folder:
        files = source_files(Path(folder), made=arguments.made)
        for case in cases().values():
            if arguments.only in case.name:
                found = measure(case, files[case.source], Path(folder), arguments.repeat)
                times.add(time_row(case, found))
                memory.add(memory_row(case, found))
                results.add(result_row(case, found))
    sys.stdout.write("\n".join(str(table) for table in (times, memory, results)))


if __name__ == "__main__":
    main()
