"""Pictures to store in TIFFs, the pixels that the pipeline decodes, and constants of TIFF."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.processor.pipeline.running import image
from tests.support import tiffs

WIDTH, HEIGHT = 70, 50
"""Sides in pixels: no multiples of the sides of a tile, and enough for several strips."""
WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR, CIELAB, ICCLAB = 0, 1, 2, 3, 5, 6, 8, 9
NONE, LZW = 1, 5

Numbers = NDArray[Any]


def ramps(samples: int) -> tiffs.Levels:
    """Return levels from 0 to 1: another ramp for each sample; shape (HEIGHT, WIDTH[, samples])."""
    across, down = np.linspace(0, 1, WIDTH)[None, :], np.linspace(0, 1, HEIGHT)[:, None]
    whole = np.ones((HEIGHT, WIDTH))
    ways = [across * whole, across[:, ::-1] * whole, down * whole, 0.25 + 0.5 * across * whole, 0.3 * across * whole]
    return np.stack(ways[:samples], axis=-1) if samples > 1 else ways[0]


def shown(data: bytes) -> Numbers:
    """Process a file. Return its 8-bit pixels; shape (height, width, 1 to 4)."""
    pixels = np.asarray(image(data, [])).astype(int)
    return pixels.reshape(*pixels.shape[:2], -1)


def as_color(levels: Numbers) -> Numbers:
    """Convert levels from 0 to 1 to 8 bits."""
    rounded: Numbers = np.rint((levels[..., None] if levels.ndim == 2 else levels) * 255).astype(int)
    return rounded


def near(pixels: Numbers, expected: Numbers, tolerance: int = 1) -> bool:
    """Whether two pictures have the same size, and differ by at most `tolerance` levels."""
    return pixels.shape == expected.shape and bool(np.abs(pixels - expected).max() <= tolerance)
