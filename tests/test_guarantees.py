"""The pages of guarantees and of attacks name tests that exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
DOCS = TESTS.parent / "docs"
FAULTS = "tests/system/faults"


def test_every_guarantee_names_tests_that_exist_where_it_says() -> None:
    named = re.findall(r"`(test_\w+)`(?:[^`\n]*in `(tests/[\w/.]+)`)?", (DOCS / "guarantees.md").read_text())
    assert len(named) > 20
    missing = [name for name, place in named if f"def {name}(" not in source(place or FAULTS)]
    assert missing == []


def test_every_attack_names_tests_that_exist_where_it_says() -> None:
    lines = [line for line in (DOCS / "security.md").read_text().splitlines() if line.startswith("| ")]
    rows = [line.strip("| ").split(" | ") for line in lines if not line.startswith(("| attack |", "| what is kept |"))]
    assert len(rows) > 50
    assert [row for row in rows if len(row) != 3] == []
    assert {attack: tests for attack, _, tests in rows if not all_exist(tests)} == {}


def all_exist(tests: str) -> bool:
    """Whether a cell names files, each with tests that are in it."""
    files = [part.partition(": ") for part in tests.split("; ")]
    return all(
        f"def {test}(" in source(f"tests/{file.strip('`')}")
        for file, _, names in files
        for test in re.findall(r"`(\w+)`", names) or ["none"]
    )


def source(place: str) -> str:
    """The code of a file, or of all files in a folder."""
    path = TESTS.parent / place
    return path.read_text() if path.is_file() else "".join(file.read_text() for file in path.glob("*.py"))
