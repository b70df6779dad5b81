"""Measures the cost of the rule that a child of the sandbox serves a single owner.

    python -m bench.owners [--images N] [--rounds N]

A pool with one slot processes the same file again and again: for one owner, and for two owners in turn, so that each
time the previous child ends and another is forked and sealed. With a file that is refused at once, the difference is
the change of owner itself. With an image, it also includes the memory pages that the first image of a child copies. The
CPU time of all processes counts, including the service. The minimum of several rounds is reported, because other load
on the machine only makes times longer.
"""

import argparse
import asyncio
import os
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from darkroom.recipes import Fit, Resize, Variant
from darkroom_processor.pipeline import Instructions
from darkroom_processor.sandbox.pool import ChildPool
from tools.testbed.images import jpeg
from tools.testbed.processes import descendants

GOAL_MS: Final = 10.0
"""Goal: most CPU time of a change of owner, in milliseconds."""
_IMAGE: Final = jpeg(640, 480)
_SQUARE: Final = Resize(op="resize", width=64, height=64, fit=Fit.COVER)
_INSTRUCTIONS: Final = Instructions(variants=(Variant(name="square", operations=(_SQUARE,)),), describe=True)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Milliseconds for each image: CPU time of all processes, and wall-clock time."""

    cpu_ms: float
    wall_ms: float


async def measured(data: bytes, images: int, rounds: int) -> tuple[Run, Run]:
    """Process this file for one owner, and for two in turn. Return the minimum of the rounds of each."""
    alone, in_turn = [], []
    async with ChildPool(1) as pool:
        for _ in range(rounds):
            alone.append(await _round(pool, data, images, ["one"]))
            in_turn.append(await _round(pool, data, images, ["one", "two"]))
    return _least(alone), _least(in_turn)


async def _round(pool: ChildPool, data: bytes, images: int, owners: Sequence[str]) -> Run:
    before, began = _cpu_seconds(), time.perf_counter()
    for number in range(images):
        await pool.process(data, _INSTRUCTIONS, owner=owners[number % len(owners)])
    wall, cpu = time.perf_counter() - began, _cpu_seconds() - before
    return Run(cpu_ms=1000 * cpu / images, wall_ms=1000 * wall / images)


def _least(runs: Sequence[Run]) -> Run:
    return Run(cpu_ms=min(one.cpu_ms for one in runs), wall_ms=min(one.wall_ms for one in runs))


async def idle_memory() -> tuple[int, int]:
    """Return the KiB of an idle child after an image: resident memory, and the part that it shares with no process."""
    async with ChildPool(1) as pool:
        await pool.process(_IMAGE, _INSTRUCTIONS, owner="one")
        (child,) = [pid for pid in descendants(os.getpid()) if not descendants(pid)]
        lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()[1:]  # noqa: ASYNC240 - nothing else runs
    sizes = {name: int(size.split()[0]) for name, _, size in (line.partition(":") for line in lines)}
    return sizes["Rss"], sizes["Private_Clean"] + sizes["Private_Dirty"]


def _cpu_seconds() -> float:
    """Return the CPU seconds of this process and its descendants, also ended ones (proc(5): in steps of 10 ms)."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    ticks = 0
    for pid in descendants(os.getpid()):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))
    return own.ru_utime + own.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure and print. The exit status is 1 if the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=20, help="images in each round (default: %(default)s)")
    parser.add_argument(
        "--rounds", type=int, default=15, help="rounds for one owner and for two (default: %(default)s)"
    )
    arguments = parser.parse_args()
    cost = {}
    for name, data in {"a refused file": b"", "an image": _IMAGE}.items():
        alone, in_turn = asyncio.run(measured(data, arguments.images, arguments.rounds))
        cost[name] = in_turn.cpu_ms - alone.cpu_ms
        sys.stdout.write(
            f"With {name}: {alone.cpu_ms:.1f} ms of CPU for one owner, {in_turn.cpu_ms:.1f} for two in turn; "
            f"{alone.wall_ms:.1f} and {in_turn.wall_ms:.1f} of wall-clock time.\n"
        )
    change, first = cost.values()
    resident, private = asyncio.run(idle_memory())
    met = change <= GOAL_MS
    sys.stdout.write(
        f"A change of owner takes {change:.1f} ms of CPU (goal: at most {GOAL_MS:g}: {'met' if met else 'missed'}), "
        f"the first image after it {first - change:.1f} more.\n"
        f"An idle child: {resident / 1024:.0f} MiB resident, {private / 1024:.0f} MiB of them its own.\n"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
