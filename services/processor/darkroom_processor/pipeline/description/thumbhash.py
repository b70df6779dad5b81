"""ThumbHash: about 25 bytes that a page draws as a blurred placeholder until the image is loaded.

The format and its constants are Evan Wallace's (https://evanw.github.io/thumbhash/). The cosine transform is done
by rows and then by columns, which for 100 × 100 pixels is a tenth of the work of the published loops.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, pi
from operator import mul

from PIL import Image

Channel = list[list[float]]
"""Rows of values."""


@dataclass(frozen=True)
class _Waves:
    """The transform of a channel: its mean, its waves from 0 to 1, and the factor by which they were divided."""

    mean: float
    waves: list[float]
    scale: float


def thumbhash(image: Image.Image) -> bytes:
    """Return the hash of an `RGB` or `RGBA` image of at most 100 pixels a side, the limit of the format."""
    width, height = image.size
    has_alpha = image.mode == "RGBA" and image.getchannel("A").getextrema()[0] != 255
    lightness, yellow_blue, red_green, alpha = _channels(image, has_alpha=has_alpha)
    longer = max(width, height)
    # Alpha takes waves too. Lightness gets fewer then, so that the hash stays short.
    most = 5 if has_alpha else 7
    across, down = max(1, _rounded(most * width / longer)), max(1, _rounded(most * height / longer))
    l_waves = _transform(lightness, max(3, across), max(3, down))
    p_waves = _transform(yellow_blue, 3, 3)
    q_waves = _transform(red_green, 3, 3)
    a_waves = _transform(alpha, 5, 5) if has_alpha else None
    header = (
        _rounded(63 * l_waves.mean)
        | _rounded(31.5 + 31.5 * p_waves.mean) << 6
        | _rounded(31.5 + 31.5 * q_waves.mean) << 12
        | _rounded(31 * l_waves.scale) << 18
        | has_alpha << 23
    )
    landscape = width > height
    flags = (
        (down if landscape else across)
        | _rounded(63 * p_waves.scale) << 3
        | _rounded(63 * q_waves.scale) << 9
        | landscape << 15
    )
    packed = header.to_bytes(3, "little") + flags.to_bytes(2, "little")
    nibbles: list[int] = []
    if a_waves:
        packed += bytes([_rounded(15 * a_waves.mean) | _rounded(15 * a_waves.scale) << 4])
    for part in (l_waves, p_waves, q_waves, *([a_waves] if a_waves else [])):
        nibbles += (_rounded(15 * wave) for wave in part.waves)
    return packed + _pack(nibbles)


def _channels(image: Image.Image, *, has_alpha: bool) -> tuple[Channel, Channel, Channel, Channel]:
    """Return lightness and alpha from 0 to 1, and yellow-blue and red-green from -1 to 1, on the average colour."""
    width, height = image.size
    bands = [[level / 255 for level in band.tobytes()] for band in image.split()]
    alpha = bands[3] if has_alpha else [1.0] * (width * height)
    red, green, blue = (_over_average(band, alpha) for band in bands[:3]) if has_alpha else bands[:3]
    lightness = [(r + g + b) / 3 for r, g, b in zip(red, green, blue, strict=True)]
    yellow_blue = [(r + g) / 2 - b for r, g, b in zip(red, green, blue, strict=True)]
    red_green = [r - g for r, g in zip(red, green, strict=True)]
    rows = [_rows(channel, width) for channel in (lightness, yellow_blue, red_green, alpha)]
    return rows[0], rows[1], rows[2], rows[3]


def _over_average(band: Sequence[float], alpha: Sequence[float]) -> list[float]:
    """Lay transparent pixels on the average of the image, so that they add no colour of their own."""
    total = sum(alpha)
    average = sum(map(mul, band, alpha)) / total if total else 0.0
    return [average * (1 - a) + a * level for level, a in zip(band, alpha, strict=True)]


def _rows(values: list[float], width: int) -> Channel:
    return [values[start : start + width] for start in range(0, len(values), width)]


def _transform(channel: Channel, across: int, down: int) -> _Waves:
    """Return the lower left triangle of a cosine transform of `across` × `down` waves."""
    height, width = len(channel), len(channel[0])
    horizontal = [_cosines(wave, width) for wave in range(across)]
    columns = [[sum(map(mul, row, cosines)) for row in channel] for cosines in horizontal]
    waves = []
    for y in range(down):
        vertical = _cosines(y, height)
        # The published condition: wave x of row y belongs to the triangle.
        kept = (x for x in range(across) if x * down < across * (down - y))
        waves += [sum(map(mul, columns[x], vertical)) / (width * height) for x in kept]
    mean, rest = waves[0], waves[1:]
    scale = max(map(abs, rest), default=0.0)
    return _Waves(mean, [0.5 + 0.5 / scale * wave for wave in rest] if scale else [0.0 for _ in rest], scale)


def _cosines(wave: int, length: int) -> list[float]:
    return [cos(pi / length * wave * (position + 0.5)) for position in range(length)]


def _pack(nibbles: list[int]) -> bytes:
    """Pack two nibbles into each byte, the first in the lower half."""
    padded = [*nibbles, 0] if len(nibbles) % 2 else nibbles
    return bytes(low | high << 4 for low, high in zip(padded[::2], padded[1::2], strict=True))


def _rounded(value: float) -> int:
    return floor(value + 0.5)
