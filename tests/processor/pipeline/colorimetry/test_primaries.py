"""Primaries, and matrices made from them."""

import numpy as np
import pytest

from darkroom_processor.pipeline.colorimetry.matrices import inverse, product, transposed
from darkroom_processor.pipeline.colorimetry.primaries import D50, KNOWN, SRGB, Primaries, is_sound, is_srgb, to_d50
from tests.support import h273, profiles


def test_the_table_is_that_of_the_specification() -> None:
    assert {code: tuple(known) for code, known in KNOWN.items()} == {
        code: (red, green, blue, white) for code, (green, blue, red, white) in h273.PRIMARIES.items()
    }


@pytest.mark.parametrize(("code", "expected"), [(1, profiles.SRGB), (12, profiles.P3)])
def test_matrices_are_those_of_published_profiles(code: int, expected: object) -> None:
    assert np.abs(np.array(to_d50(KNOWN[code])) - expected).max() < 0.0003


@pytest.mark.parametrize("code", sorted(KNOWN))
def test_white_is_adapted_to_d50(code: int) -> None:
    assert np.allclose(np.sum(to_d50(KNOWN[code]), axis=1), D50)
    assert is_sound(KNOWN[code])


def test_rounded_primaries_of_srgb_count_as_srgb() -> None:
    assert is_srgb(Primaries((0.64, 0.3301), (0.3004, 0.6), (0.15, 0.06), (0.31269, 0.329)))
    assert not any(is_srgb(primaries) for primaries in KNOWN.values() if primaries != SRGB)


def test_matrices_are_inverted() -> None:
    matrix = ((2.0, 1.0, 0.5), (-1.0, 3.0, 0.0), (0.25, 0.0, 4.0))
    assert np.allclose(product(matrix, inverse(matrix)), np.eye(3))
    assert np.allclose(inverse(matrix), np.linalg.inv(matrix))
    assert np.allclose(transposed(matrix), np.transpose(matrix))
