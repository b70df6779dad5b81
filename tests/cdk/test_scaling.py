"""Tests of the deployed scaling policy in simulated patterns of arrivals."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.scaling_policy import Policy, UnknownPolicy, deployed
from bench.simulate_scaling import PATTERNS, Arrivals, Course, main, simulate
from darkroom_cdk.stage_settings import load
from tests.cdk.assembly import Assembly

SIZE = load("prod", {}).processor


@pytest.fixture(scope="module")
def template(prod: Assembly) -> Path:
    return prod.directory / "Services.template.json"


@pytest.fixture(scope="module")
def policy(template: Path) -> Policy:
    return deployed(template)


def play(policy: Policy, arrivals: Arrivals, minutes: int) -> Course:
    return simulate(policy, arrivals, minutes, task_seconds=SIZE.task_seconds)


def test_the_policy_is_read_from_the_template(policy: Policy) -> None:
    assert policy == Policy(
        backlog_target=SIZE.backlog_target,
        cpu_target=SIZE.cpu_percent,
        out_cooldown_seconds=SIZE.scale_out_cooldown_seconds,
        in_cooldown_seconds=SIZE.scale_in_cooldown_seconds,
        min_tasks=SIZE.min_tasks,
        max_tasks=SIZE.max_tasks,
        children=SIZE.children,
    )


def test_an_unknown_scaling_metric_is_refused(template: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(template.read_text().replace("visible / IF", "2 * visible / IF"))
    with pytest.raises(UnknownPolicy):
        deployed(other)


@pytest.mark.parametrize("pattern", list(PATTERNS))
def test_the_number_of_tasks_stays_within_its_bounds(pattern: str, policy: Policy) -> None:
    course = play(policy, *PATTERNS[pattern])
    assert min(course.tasks) >= SIZE.min_tasks
    assert max(course.tasks) <= SIZE.max_tasks


@pytest.mark.parametrize("pattern", list(PATTERNS))
def test_no_pattern_makes_an_image_wait_over_five_minutes(pattern: str, policy: Policy) -> None:
    course = play(policy, *PATTERNS[pattern])
    assert max(course.age_seconds) <= 300


def test_every_image_is_processed(policy: Policy) -> None:
    course = play(policy, lambda minute: 1000 if minute < 30 else 0, 120)
    assert sum(course.arrivals) == 30_000
    assert course.backlog[-1] == 0


def test_arrivals_beyond_the_largest_fleet_form_a_backlog(policy: Policy) -> None:
    most = SIZE.max_tasks * SIZE.children * 60 / SIZE.task_seconds
    course = play(policy, lambda _minute: most * 1.5, 240)
    assert course.tasks[-1] == SIZE.max_tasks
    assert course.backlog[-1] > course.backlog[-60] > 0


def test_a_steady_load_does_not_wait_once_tasks_have_started(policy: Policy) -> None:
    course = play(policy, *PATTERNS["steady"])
    assert max(course.backlog[30:]) == 0


def test_scaling_on_backlog_alone_would_stop_busy_tasks(policy: Policy) -> None:
    course = play(replace(policy, cpu_target=10_000), *PATTERNS["steady"])
    assert max(course.backlog[30:]) > 0


def test_a_shorter_cooldown_would_start_tasks_twice_for_one_backlog(policy: Policy) -> None:
    hours = play(policy, *PATTERNS["steady"]).task_hours
    assert play(replace(policy, out_cooldown_seconds=30), *PATTERNS["steady"]).task_hours > 1.3 * hours


def test_idle_processors_scale_in_to_the_minimum(policy: Policy) -> None:
    course = play(policy, lambda minute: 6000 if minute < 60 else 0, 600)
    assert max(course.tasks) > SIZE.min_tasks
    assert course.tasks[-1] == SIZE.min_tasks


def test_each_pattern_has_a_chart_and_a_table_row(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(template, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {f"scaling-{name}.svg" for name in PATTERNS}
    assert all(f"| {name} |" in capsys.readouterr().out for name in list(PATTERNS)[:1])
