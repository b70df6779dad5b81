"""The simulation of scaling: nothing is lost in it, and the policy keeps its promises."""

from pathlib import Path

import pytest

from bench.simulate_scaling import PATTERNS, main, simulate
from darkroom_cdk.config import load

SIZE = load("prod", {}).processor


@pytest.mark.parametrize("pattern", list(PATTERNS))
def test_the_number_of_tasks_stays_within_its_bounds(pattern: str) -> None:
    course = simulate(SIZE, *PATTERNS[pattern])
    assert min(course.tasks) >= SIZE.min_tasks
    assert max(course.tasks) <= SIZE.max_tasks


@pytest.mark.parametrize("pattern", list(PATTERNS))
def test_no_pattern_makes_an_image_wait_over_five_minutes(pattern: str) -> None:
    course = simulate(SIZE, *PATTERNS[pattern])
    assert max(course.age_seconds) <= 300


def test_every_image_is_made() -> None:
    course = simulate(SIZE, lambda minute: 1000 if minute < 30 else 0, 120)
    assert sum(course.arrivals) == 30_000
    assert course.backlog[-1] == 0


def test_more_than_the_fleet_can_do_piles_up() -> None:
    most = SIZE.max_tasks * SIZE.children * 60 / SIZE.task_seconds
    course = simulate(SIZE, lambda _minute: most * 1.5, 240)
    assert course.tasks[-1] == SIZE.max_tasks
    assert course.backlog[-1] > course.backlog[-60] > 0


def test_idle_processors_go_down_to_the_least() -> None:
    course = simulate(SIZE, lambda minute: 6000 if minute < 60 else 0, 600)
    assert max(course.tasks) > SIZE.min_tasks
    assert course.tasks[-1] == SIZE.min_tasks


def test_a_chart_and_a_line_come_of_each_pattern(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"scaling-{name}.svg" for name in PATTERNS}
    assert all(f"| {name} |" in capsys.readouterr().out for name in list(PATTERNS)[:1])
