"""Tests of the count of modules and imports."""

from bench.imports import find_cycles


def test_rooms_that_reach_one_another_are_a_cycle() -> None:
    between = {("a", "b"): 3, ("b", "c"): 1, ("c", "a"): 1, ("c", "d"): 2}
    assert find_cycles(between) == [frozenset("abc")]


def test_a_layered_package_has_no_cycle() -> None:
    assert find_cycles({("a", "b"): 1, ("a", "c"): 1, ("b", "c"): 1}) == []
