"""Runs `make fuzz` for a moment, to check that it works."""

from pathlib import Path

import pytest

from tests.fuzz.hunt import ROUND, hunt

pytestmark = pytest.mark.slow


def test_a_moments_hunt_finds_nothing(tmp_path: Path) -> None:
    outcome = hunt(tmp_path / "finds", seconds=0.01, number=1)
    assert outcome.tried >= ROUND
    assert outcome.results > 0
    assert outcome.found == 0
    assert not (tmp_path / "finds").exists()
