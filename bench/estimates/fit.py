"""Fits prices to measurements."""

from functools import partial

from bench.estimates.forked import Taken, measured
from bench.estimates.steps import Step
from darkroom.planner.prices import Price

_DIGITS = 3


def price(step: Step) -> Price:
    """Return the line through the measurements of a small and a large image. Slope and offset are never negative."""
    small, large = (measured(partial(step.prepare, tiles)) for tiles in step.tiles)
    pixels = step.pixels(step.tiles[0]), step.pixels(step.tiles[1])
    ms, ms_per_pixel = _line(pixels, (small.cpu_ms, large.cpu_ms))
    bytes_, bytes_per_pixel = _line(pixels, (small.peak_bytes, large.peak_bytes))
    return Price(
        ms=_rounded(ms),
        ms_per_megapixel=_rounded(ms_per_pixel * 1e6),
        bytes=round(_rounded(bytes_)),
        bytes_per_pixel=_rounded(bytes_per_pixel),
        kept_bytes_per_pixel=_rounded(_kept(large) / pixels[1]) if step.name.startswith("decode ") else 0,
    )


def _line(pixels: tuple[float, float], found: tuple[float, float]) -> tuple[float, float]:
    """Return the offset for any image, and the slope for each pixel."""
    slope = max((found[1] - found[0]) / (pixels[1] - pixels[0]), 0.0)
    return max(found[0] - slope * pixels[0], 0.0), slope


def _kept(taken: Taken) -> int:
    return max(taken.kept_bytes, 0)


def _rounded(value: float) -> float:
    """Round to the digits that the measurement supports."""
    return float(f"{value:.{_DIGITS}g}")
