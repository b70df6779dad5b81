"""Tests of the stages and of settings that override them."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from darkroom.limits import DEFAULT_UPLOAD_BYTES
from darkroom_cdk.config import Nat
from darkroom_cdk.stage_settings import from_context, load


def test_the_default_stage_is_dev() -> None:
    assert from_context({}).stage == "dev"
    assert from_context({"stage": "prod"}).is_prod


def test_unrelated_context_is_ignored() -> None:
    assert from_context({"@aws-cdk/core:some-flag": True}) == from_context({})


def test_values_from_the_command_line_are_read_by_their_type() -> None:
    config = from_context({"zones": "3", "nat": "instance", "image_digests": '{"upload": "sha256:1"}'})
    assert (config.zones, config.nat) == (3, Nat.INSTANCE)
    assert [config.image(name) for name in ("upload", "processor")] == ["sha256:1", "main"]


def test_the_command_line_overrides_an_installation_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps({"stage": "prod", "alarm_email": "a@example.org", "budget_usd": 10}))
    config = from_context({"installation": str(file), "budget_usd": "20"})
    assert (config.is_prod, config.alarm_email, config.budget_usd) == (True, "a@example.org", 20)


def test_the_largest_upload_is_the_same_everywhere_unless_it_is_set() -> None:
    assert load("prod", {}).max_upload_bytes == DEFAULT_UPLOAD_BYTES


def test_all_faults_are_reported_at_once() -> None:
    with pytest.raises(ValidationError) as fault:
        load("dev", {"zones": 7, "nat": "tunnel", "colour": "red"})
    assert {each["loc"][0] for each in fault.value.errors()} == {"zones", "nat", "colour"}


@pytest.mark.parametrize("overrides", [{"event_email": "a@example.org"}, {"replica_region": "us-east-1"}])
def test_values_that_do_not_fit_together_are_refused(overrides: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        load("prod", overrides)


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(ValueError, match="one of dev, prod"):
        load("staging", {})


def test_the_backlog_target_is_a_minute_of_work_for_each_task() -> None:
    size = load("prod", {}).processor
    assert size.backlog_target == size.acceptable_wait_seconds * size.children / size.task_seconds


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_stage_has_rates_and_quotas_unless_it_says_unlimited(stage: str) -> None:
    quotas = ("default_jobs_per_day", "default_bytes_per_day", "default_stored_bytes")
    names = ("default_requests_per_second", *quotas)
    own = load(stage, {})
    assert all(getattr(own, name) > 0 for name in names)
    free = from_context({"stage": stage, **dict.fromkeys(names, "unlimited")})
    assert {getattr(free, name) for name in names} == {"unlimited"}
    assert from_context({"stage": stage, "default_jobs_per_day": "500"}).default_jobs_per_day == 500
    for nothing in (None, 0, "none", ""):
        with pytest.raises(ValidationError):
            load(stage, {"default_jobs_per_day": nothing})
