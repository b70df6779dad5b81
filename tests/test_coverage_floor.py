"""The floor under the coverage."""

import pytest

from tools.coverage_floor import advice


@pytest.mark.parametrize("covered", [80.0, 80.99])
def test_a_floor_that_is_near_the_coverage_stays(covered: float) -> None:
    assert advice(covered, 80) is None


def test_a_floor_far_below_the_coverage_has_to_rise() -> None:
    assert advice(82.7, 80) == "The floor is 80 %. Set fail_under in pyproject.toml to 82.5, so that it stays."
