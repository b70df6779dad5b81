"""Converts colours of H.273 code points to sRGB, written from ITU-T H.273 and its references, without pipeline code."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float64]

D65, C, EQUAL, DCI = (0.3127, 0.3290), (0.310, 0.316), (1 / 3, 1 / 3), (0.314, 0.351)

# Table 2: green, blue, red and white, in the order of the specification.
PRIMARIES = {
    1: ((0.300, 0.600), (0.150, 0.060), (0.640, 0.330), D65),
    4: ((0.21, 0.71), (0.14, 0.08), (0.67, 0.33), C),
    5: ((0.29, 0.60), (0.15, 0.06), (0.64, 0.33), D65),
    6: ((0.310, 0.595), (0.155, 0.070), (0.630, 0.340), D65),
    7: ((0.310, 0.595), (0.155, 0.070), (0.630, 0.340), D65),
    8: ((0.243, 0.692), (0.145, 0.049), (0.681, 0.319), C),
    9: ((0.170, 0.797), (0.131, 0.046), (0.708, 0.292), D65),
    10: ((0.0, 1.0), (0.0, 0.0), (1.0, 0.0), EQUAL),
    11: ((0.265, 0.690), (0.150, 0.060), (0.680, 0.320), DCI),
    12: ((0.265, 0.690), (0.150, 0.060), (0.680, 0.320), D65),
    22: ((0.295, 0.605), (0.155, 0.077), (0.630, 0.340), D65),
}

BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])

# Table 3: from light to level, as in the specification. The inverse is found by bisection.
ENCODERS: dict[int, Callable[[float], float]] = {
    1: lambda light: 1.099297 * light**0.45 - 0.099297 if light >= 0.018054 else 4.5 * light,
    4: lambda light: light ** (1 / 2.2),
    5: lambda light: light ** (1 / 2.8),
    7: lambda light: 1.111572 * light**0.45 - 0.111572 if light >= 0.022822 else 4 * light,
    8: lambda light: light,
    9: lambda light: 1 + math.log10(light) / 2 if light >= 0.01 else 0.0,
    10: lambda light: 1 + math.log10(light) / 2.5 if light >= math.sqrt(10) / 1000 else 0.0,
    13: lambda light: 1.055 * light ** (1 / 2.4) - 0.055 if light >= 0.0031308 else 12.92 * light,
    17: lambda light: (48 * light / 52.37) ** (1 / 2.6),
}
for _code in (6, 11, 12, 14, 15):
    ENCODERS[_code] = ENCODERS[1]


def _pq(nits: float) -> float:
    power = (nits / 10_000) ** 0.1593017578125
    return float(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)


def _hlg(nits: float) -> float:
    """Return the level of a luminance on a display of 1000 cd/m². Channels are treated separately."""
    scene = (nits / 1000) ** (1 / 1.2)
    return math.sqrt(3 * scene) if scene <= 1 / 12 else 0.17883277 * math.log(12 * scene - 0.28466892) + 0.55991073


HDR = {16: (_pq, 10_000.0), 18: (_hlg, 1000.0)}
"""(function from luminance in cd/m² to level, highest luminance), by code point."""


def light(code: int, level: float) -> float:
    """Return the light, 0 to 1, of a level from 0 to 1."""
    if code in HDR:
        encoder, most = HDR[code]
        return tone_mapped(_bisected(encoder, level, most) / 203)
    return _bisected(ENCODERS[code], level, 1.0) if level > 0 else 0.0


def tone_mapped(light: float) -> float:
    """Tone-map HDR light: unchanged up to 0.6, then a hyperbola that reaches 1 at 1000 cd/m²."""
    most = 1000 / 203
    if light <= 0.6:
        return light
    x = min(light, most) - 0.6
    return 0.6 + x / (1 + x * (1 / 0.4 - 1 / (most - 0.6)))


def _bisected(encoder: Callable[[float], float], level: float, most: float) -> float:
    low, high = 0.0, most
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if encoder(middle) < level else (low, middle)
    return high


def to_srgb(samples: Levels, primaries: Any, curve: Callable[[float], float]) -> Levels:
    """Convert samples from 0 to 1, one row for each colour, to sRGB from 0 to 255.

    White stays white. Colours outside of sRGB are clipped.
    """
    known = {level: curve(level) for level in np.unique(samples)}
    linear = np.vectorize(known.__getitem__)(samples)
    matrix = np.linalg.inv(_to_xyz(PRIMARIES[1])) @ _to_xyz(primaries)
    shown = np.clip(linear @ matrix.T, 0, 1)
    levels: Levels = 255 * np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * shown ** (1 / 2.4) - 0.055)
    return levels


def _to_xyz(primaries: Any) -> Any:
    """Return the matrix from red, green and blue to XYZ under D65, by Bradford's chromatic adaptation."""
    green, blue, red, white = (np.array([x, y, 1 - x - y]) for x, y in primaries)
    own = np.stack([red, green, blue], axis=1)
    own = own * np.linalg.solve(own, white / white[1])
    target = np.array([D65[0], D65[1], 1 - sum(D65)]) / D65[1]
    gains = (BRADFORD @ target) / (BRADFORD @ (white / white[1]))
    return np.linalg.inv(BRADFORD) @ np.diag(gains) @ BRADFORD @ own
