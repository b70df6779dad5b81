"""Primaries and white points: the light that the channels of a picture stand for."""

from typing import Final, NamedTuple

from darkroom_processor.pipeline.colorimetry.matrices import (
    Matrix,
    Vector,
    determinant,
    diagonal,
    inverse,
    product,
    times,
    transposed,
)

Point = tuple[float, float]
"""Chromaticity: (x, y) of CIE 1931."""


class Primaries(NamedTuple):
    """Chromaticities of the three channels, and of the white that they add up to."""

    red: Point
    green: Point
    blue: Point
    white: Point


_D65: Final = (0.3127, 0.3290)
_WHITE_C: Final = (0.310, 0.316)
_EQUAL: Final = (1 / 3, 1 / 3)
_DCI: Final = (0.314, 0.351)

SRGB: Final = Primaries((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65)
_SMPTE_170M: Final = Primaries((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65)

KNOWN: Final = {
    1: SRGB,
    4: Primaries((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), _WHITE_C),
    5: Primaries((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    6: _SMPTE_170M,
    7: _SMPTE_170M,
    8: Primaries((0.681, 0.319), (0.243, 0.692), (0.145, 0.049), _WHITE_C),
    9: Primaries((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    10: Primaries((1.0, 0.0), (0.0, 1.0), (0.0, 0.0), _EQUAL),
    11: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _DCI),
    12: Primaries((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
    22: Primaries((0.630, 0.340), (0.295, 0.605), (0.155, 0.077), _D65),
}
"""Primaries by code point (ColourPrimaries: ITU-T H.273, table 2). Other code points are unspecified or reserved."""

D50: Final = (0.9642, 1.0, 0.8249)
"""XYZ of the white point of ICC profiles (ICC.1:2022, section 6.3.2)."""
_BRADFORD: Final = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
"""The Bradford matrix, from XYZ to cone responses (ICC.1:2022, annex E)."""
_LEAST_DETERMINANT: Final = 1e-4
_SAME: Final = 0.001
"""Chromaticities that differ by this much at most count as equal, because files round them."""


def is_srgb(primaries: Primaries) -> bool:
    """Whether these are the primaries of sRGB, apart from rounding."""
    pairs = zip(primaries, SRGB, strict=True)
    return all(abs(a - b) <= _SAME for point, other in pairs for a, b in zip(point, other, strict=True))


def is_sound(primaries: Primaries) -> bool:
    """Whether the primaries can exist: coordinates from 0 to 1, not on one line, and white is a mixture of them."""
    if not all(0 <= x <= 1 and 0 <= y <= 1 for x, y in primaries) or not primaries.white[1]:
        return False
    corners = _corners(primaries)
    return abs(determinant(corners)) > _LEAST_DETERMINANT and min(_amounts(primaries)) > 0


def to_d50(primaries: Primaries) -> Matrix:
    """Return the matrix from linear red, green and blue to XYZ under D50, by Bradford's chromatic adaptation.

    Each column is a channel. Source: ICC.1:2022, annex E; SMPTE RP 177.
    """
    own = product(_corners(primaries), diagonal(_amounts(primaries)))
    source, target = times(_BRADFORD, _white(primaries)), times(_BRADFORD, D50)
    gains = (target[0] / source[0], target[1] / source[1], target[2] / source[2])
    return product(product(inverse(_BRADFORD), product(diagonal(gains), _BRADFORD)), own)


def _corners(primaries: Primaries) -> Matrix:
    """Return the matrix whose columns are x, y and z of the three channels."""
    red, green, blue = ((x, y, 1 - x - y) for x, y in primaries[:3])
    return transposed((red, green, blue))


def _amounts(primaries: Primaries) -> Vector:
    """Return how much of each channel makes white."""
    return times(inverse(_corners(primaries)), _white(primaries))


def _white(primaries: Primaries) -> Vector:
    x, y = primaries.white
    return x / y, 1.0, (1 - x - y) / y
