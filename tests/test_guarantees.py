"""The page of guarantees names tests that exist."""

import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = TESTS.parent / "docs" / "guarantees.md"
FAULTS = "tests/system/faults"


def test_every_guarantee_names_tests_that_exist_where_it_says() -> None:
    named = re.findall(r"`(test_\w+)`(?:[^`\n]*in `(tests/[\w/.]+)`)?", PAGE.read_text())
    assert len(named) > 20
    missing = [name for name, place in named if f"def {name}(" not in source(place or FAULTS)]
    assert missing == []


def source(place: str) -> str:
    """The code of a file, or of all files in a folder."""
    path = TESTS.parent / place
    return path.read_text() if path.is_file() else "".join(file.read_text() for file in path.glob("*.py"))
