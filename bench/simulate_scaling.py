"""Simulates how the processors scale when images arrive in different patterns, with the deployed scaling policy.

    make synth && python -m bench.simulate_scaling cdk/cdk.out/prod/Services.template.json out/

The command writes a chart for each pattern and prints a table. Targets, bounds and cooldowns come from the template.
The behaviour of AWS follows its documentation: metrics arrive once a minute with a delay of one minute. Target tracking
scales out after three minutes above the target, and in after fifteen minutes below 90 % of it. A Fargate task needs a
minute to start.
"""

import math
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.chart import Panel, chart
from bench.scaling_policy import Policy, deployed
from darkroom_cdk.stage_settings import load

MINUTE: Final = 60
DAY: Final = 24 * 60
"""Minutes of a day."""
_OUT_AFTER: Final = 3
_IN_AFTER: Final = 15
_IN_BELOW: Final = 0.9
_START_MINUTES: Final = 1

Arrivals = Callable[[int], float]
"""Maps the number of a minute to the images that arrive in it."""


@dataclass
class Tracker:
    """One target, and the number of minutes for which its metric has been above or below it."""

    target: float
    above: int = 0
    below: int = 0
    value: float = 0

    def see(self, value: float) -> None:
        """Record the metric of a minute."""
        self.value = value
        self.above = self.above + 1 if value > self.target else 0
        self.below = self.below + 1 if value < _IN_BELOW * self.target else 0

    def wanted(self, tasks: int) -> int:
        """Return the number of tasks that would bring the metric to its target."""
        return math.ceil(tasks * self.value / self.target)


@dataclass
class Fleet:
    """The processors under the deployed policy, in steps of one minute."""

    policy: Policy
    task_seconds: float
    """Seconds that one child takes for one message."""
    running: float = 0
    desired: int = 0
    measured: tuple[float, float] = (0, 0)
    """Last published metrics: messages for each task, and CPU in percent."""
    starting: deque[tuple[int, int]] = field(default_factory=deque)
    """Tasks that are starting: the minute from which they work, and their number."""
    last_out: int = -DAY
    last_in: int = -DAY

    def __post_init__(self) -> None:
        self.running = self.desired = self.policy.min_tasks
        self._trackers = (Tracker(self.policy.backlog_target), Tracker(self.policy.cpu_target))

    @property
    def per_minute(self) -> float:
        """Images that the running tasks can process in a minute."""
        return self.running * self.policy.children * MINUTE / self.task_seconds

    def begin(self, minute: int) -> None:
        """Add the tasks that have finished starting."""
        while self.starting and self.starting[0][0] <= minute:
            self.running += self.starting.popleft()[1]

    def end(self, minute: int, *, backlog: float, made: float) -> None:
        """Scale as target tracking does, with the metrics of the previous minute. Then publish those of this minute."""
        for tracker, value in zip(self._trackers, self.measured, strict=True):
            tracker.see(value)
        self.measured = (backlog / max(self.running, 1), 100 * made / self.per_minute)
        if not self._grow(minute):
            self._shrink(minute)

    def _grow(self, minute: int) -> bool:
        """Scale out if one target needs more tasks. Return whether it did."""
        asking = [each for each in self._trackers if each.above >= _OUT_AFTER]
        # From the desired number of tasks, including those that still start: the worse of AWS's possible behaviours.
        wanted = min(max((each.wanted(self.desired) for each in asking), default=0), self.policy.max_tasks)
        if wanted > self.desired and _cool(minute, self.last_out, self.policy.out_cooldown_seconds):
            self.starting.append((minute + 1 + _START_MINUTES, wanted - self.desired))
            self.desired, self.last_out = wanted, minute
        return bool(asking)

    def _shrink(self, minute: int) -> None:
        """Scale in if all targets allow fewer tasks."""
        if any(each.below < _IN_AFTER for each in self._trackers):
            return
        wanted = max(self.policy.min_tasks, *(each.wanted(self.desired) for each in self._trackers))
        if wanted < self.desired and _cool(minute, self.last_in, self.policy.in_cooldown_seconds):
            # Target tracking scales in carefully: only part of the way each time.
            self.desired -= max(1, (self.desired - wanted) // 4)
            self.last_in = minute
            self.running = min(self.running, self.desired)


def _cool(minute: int, last: int, cooldown_seconds: int) -> bool:
    return (minute - last) * MINUTE >= cooldown_seconds


@dataclass(frozen=True, kw_only=True)
class Course:
    """Course of a simulation, minute by minute."""

    arrivals: list[float]
    backlog: list[float]
    age_seconds: list[float]
    """Seconds that the oldest message has waited, for each minute."""
    tasks: list[float]

    @property
    def task_hours(self) -> float:
        """Task hours that Fargate bills."""
        return sum(self.tasks) / 60


def simulate(policy: Policy, arrivals: Arrivals, minutes: int, *, task_seconds: float) -> Course:
    """Simulate a pattern. Messages leave the queue in order. Arrivals and work are spread evenly over a minute."""
    fleet = Fleet(policy=policy, task_seconds=task_seconds)
    course = Course(arrivals=[], backlog=[], age_seconds=[], tasks=[])
    queue = Queue()
    for minute in range(minutes):
        fleet.begin(minute)
        queue.come(minute, arrivals(minute))
        made = queue.take(fleet.per_minute)
        course.arrivals.append(arrivals(minute))
        course.backlog.append(queue.length)
        course.age_seconds.append(queue.age_seconds(minute))
        course.tasks.append(fleet.running)
        fleet.end(minute, backlog=queue.length, made=made)
    return course


@dataclass
class Queue:
    """Messages in the order of their arrival, counted by the minute."""

    waiting: deque[tuple[int, float, float]] = field(default_factory=deque)
    """Each entry: the number of a minute, the messages that arrived in it, and how many of them are left."""

    @property
    def length(self) -> float:
        """Number of waiting messages."""
        return sum(left for _, _, left in self.waiting)

    def come(self, minute: int, count: float) -> None:
        """Add the messages that arrived in a minute."""
        if count:
            self.waiting.append((minute, count, count))

    def take(self, most: float) -> float:
        """Remove up to `most` messages from the front. Return how many were removed."""
        left = most
        while self.waiting and left > 1e-9:
            minute, came, there = self.waiting.popleft()
            if there > left:
                self.waiting.appendleft((minute, came, there - left))
            left -= min(there, left)
        return most - left

    def age_seconds(self, minute: int) -> float:
        """Return the seconds that the oldest message has waited at the end of a minute."""
        if not self.waiting:
            return 0
        since, came, left = self.waiting[0]
        return (minute - since + left / came) * MINUTE


def steady(_minute: int) -> float:
    """Return 50 images a second."""
    return 50 * MINUTE


def spike(minute: int) -> float:
    """Return 5 images a second, and for half an hour twenty times as many."""
    return (100 if 60 <= minute < 90 else 5) * MINUTE


def diurnal(minute: int) -> float:
    """Return between 5 and 95 images a second, as a wave over a day."""
    return (50 - 45 * math.cos(2 * math.pi * minute / DAY)) * MINUTE


def ten_million(minute: int) -> float:
    """Return ten million images a day, four fifths of them in its busier half."""
    return 10_000_000 / DAY * (1.6 if DAY // 4 <= minute < 3 * DAY // 4 else 0.4)


PATTERNS: Final[dict[str, tuple[Arrivals, int]]] = {
    "steady": (steady, 4 * 60),
    "spike": (spike, 4 * 60),
    "diurnal": (diurnal, DAY),
    "ten-million": (ten_million, DAY),
}


def main(template: Path, directory: Path) -> None:
    """Write a chart for each pattern and print a table of results."""
    policy = deployed(template)
    directory.mkdir(parents=True, exist_ok=True)
    lines = [
        "| pattern | images | tasks, most | oldest, most (s) | backlog, most | task hours |",
        "|---|---|---|---|---|---|",
    ]
    for name, (arrivals, minutes) in PATTERNS.items():
        course = simulate(policy, arrivals, minutes, task_seconds=load("prod", {}).processor.task_seconds)
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
    main(Path(sys.argv[1]), Path(sys.argv[2]))
