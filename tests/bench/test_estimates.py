"""Tests of the measurement of prices."""

from mmap import mmap

import pytest

from bench.estimates.fit import price
from bench.estimates.forked import measured
from bench.estimates.steps import Step, steps
from darkroom.planner.prices import load_prices


def test_each_measured_step_has_a_price_and_each_price_a_step() -> None:
    prices = load_prices()
    for transparent, stored in ((False, prices.opaque), (True, prices.transparent)):
        assert {step.name for step in steps() if step.transparent is transparent} == set(stored)


def test_peak_and_final_memory_are_measured() -> None:
    def work() -> mmap:
        kept = mmap(-1, 30_000_000)
        mmap(-1, 20_000_000).close()
        return kept

    taken = measured(lambda: work)
    assert 50_000_000 <= taken.peak_bytes < 52_000_000
    assert 30_000_000 <= taken.kept_bytes < 32_000_000


def test_failing_work_raises_instead_of_a_measurement(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError):
        measured(lambda: lambda: 1 / 0)
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_price_is_the_line_through_a_small_and_a_large_image() -> None:
    step = Step(
        name="it",
        transparent=False,
        prepare=lambda tiles: lambda: mmap(-1, 1_000_000 * (7 + tiles)),
        pixels=lambda tiles: 1e6 * tiles,
    )
    found = price(step)
    assert found.bytes == pytest.approx(7_000_000, rel=0.02)
    assert found.bytes_per_pixel == pytest.approx(1, rel=0.02)
