"""What the pipeline makes of a TIFF, and what it should make of it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.processor.pipeline.running import image
from tests.support import tiffs

WIDTH, HEIGHT = 70, 50
"""No multiple of a tile's sides, and several strips."""
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR, CIELAB, ICCLAB = 0, 1, 2, 3, 5, 6, 8, 9
NONE, LZW = 1, 5

Numbers = NDArray[Any]


def ramps(samples: int) -> tiffs.Levels:
    """Levels from 0 to 1, another ramp for each sample."""
    across, down = np.linspace(0, 1, WIDTH)[None, :], np.linspace(0, 1, HEIGHT)[:, None]
    whole = np.ones((HEIGHT, WIDTH))
    ways = [across * whole, across[:, ::-1] * whole, down * whole, 0.25 + 0.5 * across * whole, 0.3 * across * whole]
    return np.stack(ways[:samples], axis=-1) if samples > 1 else ways[0]


def shown(data: bytes) -> Numbers:
    """What the pipeline makes of a file, with as many channels as there are: 1 to 4."""
    pixels = np.asarray(image(data, [])).astype(int)
    return pixels.reshape(*pixels.shape[:2], -1)


def as_color(levels: Numbers) -> Numbers:
    """Levels from 0 to 1 as 8 bits."""
    rounded: Numbers = np.rint((levels[..., None] if levels.ndim == 2 else levels) * 255).astype(int)
    return rounded


def near(pixels: Numbers, expected: Numbers, tolerance: int = 1) -> bool:
    """Whether two pictures have one size and differ by at most so many levels."""
    return pixels.shape == expected.shape and bool(np.abs(pixels - expected).max() <= tolerance)
