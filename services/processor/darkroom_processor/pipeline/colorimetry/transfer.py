"""Transfer functions: the light that the levels of a picture stand for.

Light is 0 for black and 1 for diffuse white, such as paper. HDR levels can mean more than 1; they are tone-mapped here.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Function = Callable[[float], float]
"""A function from a level, 0 to 1, to light, 0 to 1."""

SRGB: Final = 13
"""The code point of sRGB's transfer function (TransferCharacteristics: ITU-T H.273, table 3)."""
_BT709_SLOPE, _BT709_ALPHA, _BT709_BETA = 4.5, 1.099296826809442, 0.018053968510807
_SMPTE240_ALPHA, _SMPTE240_BETA = 1.111572195921731, 0.022821585529445

WHITE_NITS: Final = 203.0
"""Luminance of diffuse white in HDR, in cd/m² (ITU-R BT.2408, section 2.1)."""
_PEAK: Final = 1000.0 / WHITE_NITS
"""Light that becomes 1: the peak of a display of 1000 cd/m², on which most HDR is mastered. More is clipped."""
_KNEE: Final = 0.6
"""Light up to here is not tone-mapped."""


@dataclass(frozen=True)
class Transfer:
    """A transfer function, by its code point or by its exponent."""

    code: int = 0
    """The code point (ITU-T H.273, table 3); 0 for a power function."""
    exponent: float = 1.0
    """The exponent of a power function: light = level ** exponent."""
    narrow: bool = False
    """Whether the range is narrow: black is 16 and white 235 of 255 (ITU-R BT.601), rather than 0 and 255."""

    def light(self, level: float) -> float:
        """Return the light, 0 to 1, of a level from 0 to 1."""
        if self.narrow:
            level = min(max((level * 255 - 16) / 219, 0.0), 1.0)
        return KNOWN[self.code](level) if self.code else math.pow(level, self.exponent)


def srgb_level(light: float) -> float:
    """Return the sRGB level, 0 to 1, of a light from 0 to 1 (IEC 61966-2-1)."""
    return 12.92 * light if light <= 0.0031308 else 1.055 * math.pow(light, 1 / 2.4) - 0.055


def _srgb(level: float) -> float:
    return level / 12.92 if level <= 0.04045 else math.pow((level + 0.055) / 1.055, 2.4)


def _bt709(level: float) -> float:
    if level < _BT709_SLOPE * _BT709_BETA:
        return level / _BT709_SLOPE
    return math.pow((level + _BT709_ALPHA - 1) / _BT709_ALPHA, 1 / 0.45)


def _smpte240(level: float) -> float:
    if level < 4 * _SMPTE240_BETA:
        return level / 4
    return math.pow((level + _SMPTE240_ALPHA - 1) / _SMPTE240_ALPHA, 1 / 0.45)


def _power(exponent: float) -> Function:
    return lambda level: math.pow(level, exponent)


def _logarithm(decades: float) -> Function:
    return lambda level: math.pow(10, decades * (level - 1)) if level > 0 else 0.0


def _smpte428(level: float) -> float:
    return min(52.37 / 48 * math.pow(level, 2.6), 1.0)


def _pq(level: float) -> float:
    """SMPTE ST 2084 (PQ), which covers luminance up to 10,000 cd/m²."""
    power = math.pow(level, 32 / 2523)
    relative = max(power - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * power)
    return _tone_mapped(10_000 * math.pow(relative, 16384 / 2610) / WHITE_NITS)


def _hlg(level: float) -> float:
    """ARIB STD-B67 (HLG) on a display of 1000 cd/m², whose system gamma is 1.2 (ITU-R BT.2100, table 5)."""
    a = 0.17883277
    b, c = 1 - 4 * a, 0.5 - a * math.log(4 * a)
    scene = level**2 / 3 if level <= 0.5 else (math.exp((level - c) / a) + b) / 12
    return _tone_mapped(1000 * math.pow(scene, 1.2) / WHITE_NITS)


def _tone_mapped(light: float) -> float:
    """Compress light between the knee and the peak into the range from the knee to 1, smoothly at the knee."""
    if light <= _KNEE:
        return light
    beyond, room = min(light, _PEAK) - _KNEE, 1 - _KNEE
    return _KNEE + beyond / (1 + beyond * (1 / room - 1 / (_PEAK - _KNEE)))


KNOWN: Final[dict[int, Function]] = {
    1: _bt709,
    4: _power(2.2),
    5: _power(2.8),
    6: _bt709,
    7: _smpte240,
    8: _power(1.0),
    9: _logarithm(2.0),
    10: _logarithm(2.5),
    11: _bt709,
    12: _bt709,
    SRGB: _srgb,
    14: _bt709,
    15: _bt709,
    16: _pq,
    17: _smpte428,
    18: _hlg,
}
"""Transfer functions by code point (ITU-T H.273, table 3). Other code points are unspecified or reserved."""
