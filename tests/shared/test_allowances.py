"""What a caller may use."""

import math

import pytest

from darkroom.allowances import HIGHEST_RATE, UNLIMITED, Allowance, Rate


def test_a_burst_is_what_comes_in_a_second_unless_it_is_given() -> None:
    assert Rate.of(2.5) == Rate(per_second=2.5, burst=3)
    assert Rate.of(0.1).burst == 1
    assert Rate.of(5, 20).burst == 20


@pytest.mark.parametrize("per_second", [0, -1, HIGHEST_RATE + 1, math.inf, math.nan])
def test_a_rate_that_is_none_is_refused(per_second: float) -> None:
    with pytest.raises(ValueError, match="a rate is"):
        Rate(per_second=per_second, burst=1)


@pytest.mark.parametrize("burst", [0, -1, 1_000_001])
def test_a_burst_that_is_none_is_refused(burst: int) -> None:
    with pytest.raises(ValueError, match="a burst is"):
        Rate(per_second=1, burst=burst)


@pytest.mark.parametrize("quotas", [{"jobs_per_day": 0}, {"bytes_per_day": -1}])
def test_a_quota_is_at_least_one(quotas: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Allowance(**quotas)  # type: ignore[arg-type]  # One of two of the same type.


def test_the_default_stands_where_there_is_no_limit_of_ones_own() -> None:
    default = Allowance(rate=Rate.of(1), jobs_per_day=10, bytes_per_day=1000)
    own = Allowance(jobs_per_day=99)
    assert own.or_else(default) == Allowance(rate=Rate.of(1), jobs_per_day=99, bytes_per_day=1000)
    assert own.or_else(UNLIMITED) == own
    assert not UNLIMITED.has_quota
    assert own.has_quota
