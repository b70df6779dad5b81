"""How the processors scale: patterns of arrivals, played through the scaling policy that the stacks deploy.

    python -m bench.simulate_scaling out/

writes a chart a pattern and prints a table. Target, bounds and cooldowns are read from the stacks' own configuration.
What AWS adds is modelled by its documentation: target tracking scales out after three minutes above the target and in
after fifteen below nine tenths of it; metrics of SQS and ECS come once a minute; a Fargate task takes a minute to work.
"""

import math
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.chart import Panel, chart
from darkroom_cdk.config import ProcessorSize, load

MINUTE: Final = 60
DAY: Final = 24 * 60
"""Minutes."""
_OUT_AFTER: Final = 3
_IN_AFTER: Final = 15
_IN_BELOW: Final = 0.9
_START_MINUTES: Final = 1

Arrivals = Callable[[int], float]
"""Images in the minute of that number."""


@dataclass
class Fleet:
    """The processors under the deployed policy, a minute at a time."""

    size: ProcessorSize
    running: float = 0
    starting: deque[tuple[int, int]] = field(default_factory=deque)
    """Minute at which tasks are ready, and how many."""
    desired: int = 0
    above: int = 0
    below: int = 0
    last_out: int = -(10**6)
    last_in: int = -(10**6)

    def __post_init__(self) -> None:
        self.running = self.desired = self.size.min_tasks

    @property
    def per_minute(self) -> float:
        """Images that the running tasks make in a minute."""
        return self.running * self.size.children * MINUTE / self.size.task_seconds

    def arrive(self, minute: int) -> None:
        """Take in the tasks that have started."""
        while self.starting and self.starting[0][0] <= minute:
            self.running += self.starting.popleft()[1]

    def judge(self, minute: int, backlog: float) -> None:
        """Look at the metric and scale as target tracking does."""
        target = self.size.backlog_target
        value = backlog / max(self.running, 1)
        self.above = self.above + 1 if value > target else 0
        self.below = self.below + 1 if value < _IN_BELOW * target else 0
        wanted = min(max(math.ceil(self.running * value / target), self.size.min_tasks), self.size.max_tasks)
        if self.above >= _OUT_AFTER and wanted > self.desired and self._cool(minute, self.last_out, out=True):
            self.starting.append((minute + _START_MINUTES, wanted - self.desired))
            self.desired, self.last_out = wanted, minute
        elif self.below >= _IN_AFTER and wanted < self.desired and self._cool(minute, self.last_in, out=False):
            # Target tracking goes down with care: a part of the way each time.
            step = max(1, (self.desired - wanted) // 4)
            self.desired, self.last_in = self.desired - step, minute
            self.running = min(self.running, self.desired)

    def _cool(self, minute: int, last: int, *, out: bool) -> bool:
        seconds = self.size.scale_out_cooldown_seconds if out else self.size.scale_in_cooldown_seconds
        return (minute - last) * MINUTE >= seconds


@dataclass(frozen=True, kw_only=True)
class Course:
    """What became of a pattern, minute by minute."""

    arrivals: list[float]
    backlog: list[float]
    age_seconds: list[float]
    """How long the message that is taken next has waited."""
    tasks: list[float]

    @property
    def task_hours(self) -> float:
        """What Fargate bills."""
        return sum(self.tasks) / 60


def simulate(size: ProcessorSize, arrivals: Arrivals, minutes: int) -> Course:
    """Play a pattern. The queue is taken in order, and work is spread evenly over a minute."""
    fleet = Fleet(size)
    course = Course(arrivals=[], backlog=[], age_seconds=[], tasks=[])
    waiting: deque[tuple[int, float]] = deque()
    backlog = 0.0
    for minute in range(minutes):
        fleet.arrive(minute)
        came = arrivals(minute)
        waiting.append((minute, came))
        backlog += came
        backlog -= _take(waiting, min(fleet.per_minute, backlog))
        fleet.judge(minute, backlog)
        course.arrivals.append(came)
        course.backlog.append(backlog)
        course.age_seconds.append((minute - waiting[0][0]) * MINUTE if waiting else 0)
        course.tasks.append(fleet.running)
    return course


def _take(waiting: deque[tuple[int, float]], count: float) -> float:
    """Take so many from the front, and return how many that were."""
    left = count
    while waiting and left > 1e-9:
        minute, there = waiting.popleft()
        if there > left:
            waiting.appendleft((minute, there - left))
            return count
        left -= there
    return count - left


def steady(_minute: int) -> float:
    """50 images a second."""
    return 50 * MINUTE


def spike(minute: int) -> float:
    """5 a second, and for half an hour twenty times as many."""
    return (100 if 60 <= minute < 90 else 5) * MINUTE


def diurnal(minute: int) -> float:
    """Between 5 and 95 a second, in the course of a day."""
    return (50 - 45 * math.cos(2 * math.pi * minute / DAY)) * MINUTE


def ten_million(minute: int) -> float:
    """Ten million in a day, four fifths of them in its busier half."""
    return 10_000_000 / DAY * (1.6 if DAY // 4 <= minute < 3 * DAY // 4 else 0.4)


PATTERNS: Final[dict[str, tuple[Arrivals, int]]] = {
    "steady": (steady, 4 * 60),
    "spike": (spike, 4 * 60),
    "diurnal": (diurnal, DAY),
    "ten-million": (ten_million, DAY),
}


def main(directory: Path) -> None:
    """Write a chart a pattern and print what it comes to."""
    size = load("prod", {}).processor
    directory.mkdir(parents=True, exist_ok=True)
    lines = [
        "| pattern | images | tasks, most | oldest, most (s) | backlog, most | task hours |",
        "|---|---|---|---|---|---|",
    ]
    for name, (arrivals, minutes) in PATTERNS.items():
        course = simulate(size, arrivals, minutes)
        (directory / f"scaling-{name}.svg").write_text(_drawn(name, course))
        lines.append(
            f"| {name} | {sum(course.arrivals):,.0f} | {max(course.tasks):.0f} | {max(course.age_seconds):.0f} "
            f"| {max(course.backlog):,.0f} | {course.task_hours:,.0f} |"
        )
    sys.stdout.write("\n".join(lines) + "\n")


def _drawn(name: str, course: Course) -> str:
    panels = [
        Panel(title="arrivals, images a minute", values=course.arrivals),
        Panel(title="backlog, images", values=course.backlog),
        Panel(title="oldest, seconds", values=course.age_seconds),
        Panel(title="tasks running", values=course.tasks),
    ]
    return chart(name, panels)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
