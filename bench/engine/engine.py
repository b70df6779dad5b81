"""Measures Darkroom's pipeline beside sharp and plain Pillow: CPU time, memory, bytes and quality, in one run.

    npm ci --prefix bench/engine
    python -m bench.engine.engine [--repeat N] [--only CASE] [--made]

The images are those of sharp's own benchmark if ../shared/corpus is there, or generated ones of the same sizes. Each
contestant is a process of its own with one thread. Runs alternate, so that other load on the machine affects all of
them. Starting and reading the file are not counted. The exit status is 1 when a goal was missed.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.engine.cases import EVEN, Case, cases, published
from bench.engine.contestant import COMMANDS, HERE, RETURN_MEMORY, Contestant, Run
from bench.engine.quality import Quality, judge
from bench.engine.table import Goal, Table, judged
from darkroom_processor.pipeline.libraries import library_versions
from tools.testbed import images

MEMORY_GOAL = 1.5
"""Goal: at most this multiple of sharp's peak memory."""
QUALITY_GOAL = -0.5
"""Goal: at least this many decibels compared to sharp's result."""
_FRESH_PROCESSES = 3
_MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Medians of one contestant in one case."""

    cpu: float
    wall: float
    bytes: int
    idle: float | None
    """Resident bytes before the first image."""
    peak: float | None
    quality: Quality


def source_files(folder: Path, *, made: bool) -> dict[str, Path]:
    """Return the image files by kind. Generated ones are written into the folder."""
    found = None if made else published()
    if found is not None:
        return found
    files = {kind: folder / f"made.{kind}" for kind in ("jpg", "png")}
    files["jpg"].write_bytes(images.encoded(images.photo(2725, 2225), "JPEG", quality=80))
    files["png"].write_bytes(images.encoded(images.photo(2048, 1536, "RGBA"), "PNG"))
    return files


def measure(case: Case, source: Path, folder: Path, repeat: int) -> dict[str, Measured]:
    """Measure all contestants of a case."""
    names = case.contestants
    first = {name: [_first_run(name, case, source) for _ in range(_FRESH_PROCESSES)] for name in names}
    outputs = {name: folder / name for name in names}
    runs: dict[str, list[Run]] = {name: [] for name in names}
    with ExitStack() as stack:
        running = {name: stack.enter_context(Contestant.started(name)) for name in names}
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
            idle=_median_of_known([run.idle for run in first[name]]),
            peak=_median_of_known([run.peak for run in first[name]]),
            quality=judge(data, outputs[name].read_bytes()),
        )
        for name in names
    }


def _first_run(name: str, case: Case, source: Path) -> Run:
    """Run in a new process to measure memory: a process seldom returns memory to the system."""
    with Contestant.started(name, RETURN_MEMORY) as contestant:
        return contestant.run(case.name, source)


def _median(runs: list[Run], of: Callable[[Run], float]) -> float:
    return statistics.median(map(of, runs))


def _median_of_known(values: list[int | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def time_row(case: Case, found: dict[str, Measured]) -> tuple[list[str], list[Goal]]:
    """Return the row of times in milliseconds, and its goal."""
    goal = Goal(found["Darkroom"].cpu / found["sharp"].cpu, at_most=case.goal)
    spent = (f"{one.cpu * 1000:.1f}" for one in found.values())
    walls = (f"{one.wall * 1000:.0f}" for one in found.values())
    return [case.name, *spent, *judged(goal), *walls], [goal]


def memory_row(case: Case, found: dict[str, Measured]) -> tuple[list[str], list[Goal]]:
    """Return the row of memory in megabytes, and its goals."""
    above = {name: one.peak - one.idle for name, one in found.items() if one.peak is not None and one.idle is not None}
    if above.keys() != found.keys():
        return [case.name, *("?" for _ in found), *judged(None), *("?" for _ in found)], []
    # The goal is for the defaults. In an even case, sharp frees the decoded image after the largest output.
    aimed_at = None if case.name.startswith(EVEN) else MEMORY_GOAL
    goal = Goal(above["Darkroom"] / above["sharp"], at_most=aimed_at)
    taken = (f"{bytes_ / _MEGABYTE:.1f}" for bytes_ in above.values())
    whole = (f"{(one.peak or 0) / _MEGABYTE:.0f}" for one in found.values())
    return [case.name, *taken, *judged(goal), *whole], [goal]


def result_row(case: Case, found: dict[str, Measured]) -> tuple[list[str], list[Goal]]:
    """Return the row of kilobytes of all results, and decibels and similarity of the first, with its goals."""
    own, peer = found["Darkroom"], found["sharp"]
    length = Goal(own.bytes / peer.bytes, at_most=case.bytes_goal)
    closeness = Goal(own.quality.decibels - peer.quality.decibels, at_least=QUALITY_GOAL)
    row = [
        case.name,
        *(f"{one.bytes / 1000:.1f}" for one in found.values()),
        *judged(length),
        *(f"{one.quality.decibels:.1f}" for one in found.values()),
        *judged(closeness),
        *(f"{one.quality.similarity:.4f}" for one in found.values()),
    ]
    return row, [length, closeness]


def tables(names: tuple[str, ...], note: str) -> tuple[Table, Table, Table]:
    """Return empty tables for these contestants: time, memory, results."""

    def each(what: str) -> list[str]:
        return [f"{what} {name}" for name in names]

    goal = ["ratio", "goal", ""]
    closeness = [*each("dB"), "difference", "goal", "", *each("SSIM")]
    return (
        Table(f"CPU and wall-clock time, ms{note}", ["", *names, *goal, *each("wall")]),
        Table(f"Peak memory above the idle process, MB{note}", ["", *names, *goal, *each("all of")]),
        Table(
            f"Results: kB of all, similarity of the first to Lanczos on all pixels{note}",
            ["", *each("kB"), *goal, *closeness],
        ),
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=15, help="runs of each case, after one to warm up")
    parser.add_argument("--only", default="", help="only cases whose name has this in it")
    parser.add_argument("--made", action="store_true", help="use generated images even if the published ones are there")
    arguments = parser.parse_args()
    if not (HERE / "node_modules").is_dir():
        raise SystemExit("sharp is not installed: run npm ci --prefix bench/engine first.")
    default, even = tables(tuple(COMMANDS), ""), tables(("Darkroom", "sharp"), ", sharp told the same")
    goals: list[Goal] = []
    sys.stdout.write(f"{', '.join(f'{name} {version}' for name, version in library_versions().items())}\n\n")
    with tempfile.TemporaryDirectory() as folder:
        files = source_files(Path(folder), made=arguments.made)
        for case in cases().values():
            if arguments.only in case.name:
                found = measure(case, files[case.source], Path(folder), arguments.repeat)
                for table, row in zip(
                    even if case.name.startswith(EVEN) else default, (time_row, memory_row, result_row), strict=True
                ):
                    cells, judged_by = row(case, found)
                    table.add(cells)
                    goals += judged_by
    sys.stdout.write("\n".join(str(table) for table in (*default, *even) if table.has_rows))
    aimed_at = [goal for goal in goals if goal.is_set]
    missed = sum(goal.missed for goal in aimed_at)
    sys.stdout.write(f"\n{len(aimed_at) - missed} met, {missed} missed\n")
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
