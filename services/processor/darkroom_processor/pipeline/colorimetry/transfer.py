"""Transfer functions: what light the levels of a picture stand for.

Light is 0 for black and 1 for the white of a document: levels of HDR stand for more, which is pressed together here.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Function = Callable[[float], float]
"""Turns a level of 0 to 1 into light."""

SRGB: Final = 13
_BT709_SLOPE, _BT709_ALPHA, _BT709_BETA = 4.5, 1.099296826809442, 0.018053968510807
_SMPTE240_ALPHA, _SMPTE240_BETA = 1.111572195921731, 0.022821585529445

WHITE_NITS: Final = 203.0
"""Luminance of white in pictures of HDR, in cd/m² (ITU-R BT.2408, section 2.1)."""
_PEAK: Final = 1000.0 / WHITE_NITS
"""The brightest light that is told from others: of the displays that most HDR is made on."""
_KNEE: Final = 0.6
"""Light up to here stays as it is."""


@dataclass(frozen=True)
class Transfer:
    """A transfer function by its number, or by its exponent."""

    code: int = 0
    """ITU-T H.273, table 3; 0 for a power."""
    exponent: float = 1.0
    """Exponent of a power: the light is level ** exponent."""
    narrow: bool = False
    """Whether black is 16 and white 235 of 255 (ITU-R BT.601), rather than 0 and 255."""

    def light(self, level: float) -> float:
        """The light, 0 to 1, of a level of 0 to 1."""
        if self.narrow:
            level = min(max((level * 255 - 16) / 219, 0.0), 1.0)
        return KNOWN[self.code](level) if self.code else math.pow(level, self.exponent)


def srgb_level(light: float) -> float:
    """The level of sRGB, 0 to 1, that stands for a light of 0 to 1 (IEC 61966-2-1)."""
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
    """SMPTE ST 2084, which tells luminance up to 10,000 cd/m²."""
    power = math.pow(level, 32 / 2523)
    relative = max(power - 107 / 128, 0) / (2413 / 128 - 2392 / 128 * power)
    return _pressed(10_000 * math.pow(relative, 16384 / 2610) / WHITE_NITS)


def _hlg(level: float) -> float:
    """ARIB STD-B67 on a display of 1000 cd/m², whose exponent is 1.2 (ITU-R BT.2100, table 5)."""
    a = 0.17883277
    b, c = 1 - 4 * a, 0.5 - a * math.log(4 * a)
    scene = level**2 / 3 if level <= 0.5 else (math.exp((level - c) / a) + b) / 12
    return _pressed(1000 * math.pow(scene, 1.2) / WHITE_NITS)


def _pressed(light: float) -> float:
    """Light beyond the knee, which bends without a corner, pressed into what is left up to 1, the peak's place."""
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
"""Functions by their codes (ITU-T H.273, table 3). Codes that are not here are unspecified or reserved."""
