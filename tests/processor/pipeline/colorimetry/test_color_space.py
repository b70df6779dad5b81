"""Colours that are told by numbers."""

import pytest

from darkroom_processor.pipeline.colorimetry.color_space import Told
from darkroom_processor.pipeline.colorimetry.primaries import KNOWN, SRGB
from darkroom_processor.pipeline.colorimetry.transfer import Transfer


@pytest.mark.parametrize("told", [Told(), Told.by_codes(1, 13), Told.by_codes(2, 2), Told.by_exponent(2.2)])
def test_there_are_many_ways_to_tell_srgb(told: Told) -> None:
    assert told.is_srgb
    assert told == Told()
    assert hash(told) == hash(Told())


@pytest.mark.parametrize(
    "told",
    [
        Told.by_codes(12, 13),
        Told.by_codes(1, 1),
        Told.by_codes(1, 13, narrow=True),
        Told.by_exponent(1.8),
        Told.by_exponent(2.2, KNOWN[9]),
    ],
)
def test_all_else_is_something_else(told: Told) -> None:
    assert not told.is_srgb


def test_an_exponent_beside_wide_primaries_is_taken_at_its_word() -> None:
    assert Told.by_exponent(2.2, KNOWN[9]) == Told(KNOWN[9], Transfer(exponent=2.2))
    assert Told.by_exponent(1.8) == Told(SRGB, Transfer(exponent=1.8))
