"""Tests of the count of modules and imports."""

import re
from pathlib import Path

from bench.imports import find_cycles


def test_rooms_that_reach_one_another_are_a_cycle() -> None:
    between = {("a", "b"): 3, ("b", "c"): 1, ("c", "a"): 1, ("c", "d"): 2}
    assert find_cycles(between) == [frozenset("abc")]


def test_a_layered_package_has_no_cycle() -> None:
    assert find_cycles({("a", "b"): 1, ("a", "c"): 1, ("b", "c"): 1}) == []


def test_benchmarks_and_tools_import_no_test() -> None:
    root = Path(__file__).parents[2]
    files = [
        path for folder in ("bench", "tools") for path in (root / folder).rglob("*.py") if ".venv" not in path.parts
    ]
    tests = re.compile(r"^\s*(from|import) tests\b", re.MULTILINE)
    assert [path for path in files if "node_modules" not in path.parts and tests.search(path.read_text())] == []
