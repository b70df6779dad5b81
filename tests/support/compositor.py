"""Composes the frames of animations as the specifications say, without code of the product."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Levels = NDArray[np.int64]
"""Red, green, blue and alpha from 0 to 255; shape (height, width, 4)."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One frame of an animation as it is stored."""

    pixels: Levels
    left: int
    top: int
    over: bool
    disposal: Literal["keep", "clear", "restore"]
    milliseconds: float


def shown(size: tuple[int, int], parts: list[Part]) -> list[Levels]:
    """Return the canvas of this (width, height) after each frame. It is transparent at first."""
    canvas = np.zeros((size[1], size[0], 4), dtype=np.int64)
    seen = []
    for part in parts:
        height, width = part.pixels.shape[:2]
        place = np.s_[part.top : part.top + height, part.left : part.left + width]
        before = canvas[place].copy()
        pixels = part.pixels[: before.shape[0], : before.shape[1]]
        canvas[place] = over(pixels, before) if part.over else pixels
        seen.append(canvas.copy())
        if part.disposal == "clear":
            canvas[place] = 0
        elif part.disposal == "restore":
            canvas[place] = before
    return seen


def over(source: Levels, below: Levels) -> Levels:
    """Blend straight alpha, rounded to the nearest level (PNG third edition, section 13.16)."""
    alpha, rest = source[..., 3:] * 255, below[..., 3:] * (255 - source[..., 3:])
    whole = alpha + rest
    colors = _rounded(source[..., :3] * alpha + below[..., :3] * rest, np.maximum(whole, 1))
    return np.concatenate([np.where(whole > 0, colors, 0), _rounded(whole, np.full_like(whole, 255))], axis=2)


def _rounded(numerator: Levels, denominator: Levels) -> Levels:
    return (2 * numerator + denominator) // (2 * denominator)


def largest_difference(one: Levels, other: Levels) -> int:
    """Return the largest difference of two pictures, in levels. Pixels that are transparent in both are ignored."""
    both = (one[..., 3:] == 0) & (other[..., 3:] == 0)
    return int(np.where(both, 0, np.abs(one - other)).max(initial=0))


def levels(image: Image.Image) -> Levels:
    """Return the pixels of a decoded picture."""
    return np.asarray(image.convert("RGBA")).astype(np.int64)
