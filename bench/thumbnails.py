"""Measures what the thumbnail of a job adds to the CPU time of its description.

    python -m bench.thumbnails [--repeat N]

Descriptions with and without a thumbnail alternate, so that other load on the machine affects both. The exit status is
1 when the goal is missed.
"""

import argparse
import statistics
import sys
import time
from typing import Final

from bench.engine.table import Goal, Table, judged
from darkroom_processor.pipeline import Instructions, process
from darkroom_processor.sandbox.preload import preload
from tools.testbed import images

GOAL_MS: Final = 7.0
"""Goal: at most this many milliseconds of CPU time more, for the first source."""

_SOURCES: Final = (("JPEG", (4000, 3000)), ("JPEG", (1600, 1200)), ("PNG", (4000, 3000)), ("WEBP", (1600, 1200)))
_WITHOUT: Final = Instructions(variants=(), describe=True)
_WITH: Final = Instructions(variants=(), describe=True, thumbnail=True)


def _cpu_ms(data: bytes, work: Instructions) -> float:
    began = time.process_time()
    process(data, work)
    return (time.process_time() - began) * 1000


def measure(data: bytes, repeat: int) -> tuple[float, float]:
    """Return the median CPU milliseconds without and with a thumbnail, after one run of each to warm up."""
    runs = [(_cpu_ms(data, _WITHOUT), _cpu_ms(data, _WITH)) for _ in range(repeat + 1)][1:]
    without, with_thumbnail = zip(*runs, strict=True)
    return statistics.median(without), statistics.median(with_thumbnail)


def main() -> int:
    """Print the table. Return 1 if the goal is missed."""
    parser = argparse.ArgumentParser(prog="bench.thumbnails", description=__doc__)
    parser.add_argument("--repeat", type=int, default=15, help="runs of each, after one to warm up")
    repeat = parser.parse_args().repeat
    preload()
    table = Table("CPU time of a description, ms", ["", "alone", "with thumbnail", "more", "goal", "", "bytes"])
    goals: list[Goal] = []
    for kind, size in _SOURCES:
        data = images.encoded(images.photo(*size), kind)
        without, with_thumbnail = measure(data, repeat)
        goals.append(Goal(with_thumbnail - without, at_most=None if goals else GOAL_MS))
        made = process(data, _WITH).thumbnail
        size_text = str(len(made.data)) if made else "?"
        cells = [f"{without:.1f}", f"{with_thumbnail:.1f}", *judged(goals[-1]), size_text]
        table.add([f"{kind} {size[0]} × {size[1]}", *cells])
    sys.stdout.write(str(table))
    return int(any(goal.missed for goal in goals))


if __name__ == "__main__":
    sys.exit(main())
