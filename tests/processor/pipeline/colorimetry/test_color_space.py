"""Colour spaces by code points and by exponents."""

import pytest

from darkroom_processor.pipeline.colorimetry.color_space import ColorSpace
from darkroom_processor.pipeline.colorimetry.primaries import KNOWN, SRGB
from darkroom_processor.pipeline.colorimetry.transfer import Transfer


@pytest.mark.parametrize(
    "told",
    [
        ColorSpace(),
        ColorSpace.from_code_points(1, 13),
        ColorSpace.from_code_points(2, 2),
        ColorSpace.from_exponent(2.2),
    ],
)
def test_srgb_can_be_described_in_several_ways(told: ColorSpace) -> None:
    assert told.is_srgb
    assert told == ColorSpace()
    assert hash(told) == hash(ColorSpace())


@pytest.mark.parametrize(
    "told",
    [
        ColorSpace.from_code_points(12, 13),
        ColorSpace.from_code_points(1, 1),
        ColorSpace.from_code_points(1, 13, narrow=True),
        ColorSpace.from_exponent(1.8),
        ColorSpace.from_exponent(2.2, KNOWN[9]),
    ],
)
def test_other_code_points_and_exponents_are_not_srgb(told: ColorSpace) -> None:
    assert not told.is_srgb


def test_an_exponent_with_other_primaries_is_not_taken_for_srgb() -> None:
    assert ColorSpace.from_exponent(2.2, KNOWN[9]) == ColorSpace(KNOWN[9], Transfer(exponent=2.2))
    assert ColorSpace.from_exponent(1.8) == ColorSpace(SRGB, Transfer(exponent=1.8))
