"""Limits of callers and of API keys."""

import math
from typing import Any

import pytest

from darkroom.accounts.allowances import DEFAULTS, HIGHEST_RATE, NO_LIMITS, UNLIMITED, Allowance, KeyLimits, Rate


def test_the_default_burst_is_the_requests_of_one_second() -> None:
    assert Rate.of(2.5) == Rate(per_second=2.5, burst=3)
    assert Rate.of(0.1).burst == 1
    assert Rate.of(5, 20).burst == 20


@pytest.mark.parametrize("per_second", [0, -1, HIGHEST_RATE + 1, math.inf, math.nan])
def test_an_invalid_rate_is_refused(per_second: float) -> None:
    with pytest.raises(ValueError, match="a rate must be"):
        Rate(per_second=per_second, burst=1)


@pytest.mark.parametrize("burst", [0, -1, 1_000_001])
def test_an_invalid_burst_is_refused(burst: int) -> None:
    with pytest.raises(ValueError, match="a burst must be"):
        Rate(per_second=1, burst=burst)


@pytest.mark.parametrize("quotas", [{"jobs_per_day": 0}, {"bytes_per_day": -1}, {"stored_bytes": 0}])
def test_a_quota_is_at_least_one(quotas: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        KeyLimits(**quotas)


def test_the_default_applies_where_a_key_has_no_limit() -> None:
    default = Allowance(rate=Rate.of(1), jobs_per_day=10, bytes_per_day=1000)
    own = KeyLimits(jobs_per_day=99)
    assert own.within(default) == Allowance(rate=Rate.of(1), jobs_per_day=99, bytes_per_day=1000)
    assert DEFAULTS.within(default) == default
    assert own.within(NO_LIMITS) == Allowance(jobs_per_day=99)
    assert own.within(NO_LIMITS).has_quota


def test_a_key_is_unlimited_only_if_it_says_so() -> None:
    default = Allowance(rate=Rate.of(1), jobs_per_day=10, bytes_per_day=1000, stored_bytes=9)
    free = KeyLimits(rate=UNLIMITED, jobs_per_day=UNLIMITED, bytes_per_day=UNLIMITED, stored_bytes=UNLIMITED)
    assert free.within(default) == NO_LIMITS
    assert not NO_LIMITS.has_quota
    assert KeyLimits(rate=UNLIMITED).within(default) == Allowance(jobs_per_day=10, bytes_per_day=1000, stored_bytes=9)
