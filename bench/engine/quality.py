"""Measures how close a result is to the image that it was made from."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

Levels = NDArray[np.float64]
"""Pixels as (row, column, channel), 0 to 255, colours premultiplied by alpha."""

# The constants of Wang et al., Image quality assessment: from error visibility to structural similarity (2004).
_C1 = (0.01 * 255) ** 2
_C2 = (0.03 * 255) ** 2
_BLOCK = 8

_LUMA = (0.299, 0.587, 0.114)
"""Weights of the stored levels (ITU-R BT.601): grey in Pillow and JPEG."""
_LUMINANCE = (0.2126, 0.7152, 0.0722)
"""Weights of the linear light (IEC 61966-2-1): grey in libvips."""


@dataclass(frozen=True, order=True)
class Quality:
    """How close a result is; higher is closer."""

    decibels: float
    similarity: float


def judge(source: bytes, result: bytes) -> Quality:
    """Compare a result with the reference of its size.

    If several references are correct, the closest one counts: the odd pixel of a letterbox may lie on either side, and
    grey may be luma or luminance.
    """
    with Image.open(io.BytesIO(result)) as opened:
        transparent, gray = opened.has_transparency_data, opened.mode == "L"
        made = _levels(opened.convert("RGBA" if transparent else "L" if gray else "RGB"))
    size = made.shape[1], made.shape[0]
    expected = (shown for fitted in _fitted(source, size) for shown in _grays(fitted, gray=gray))
    return max(Quality(psnr(made, one), ssim(made, one)) for one in expected)


def _fitted(source: bytes, size: tuple[int, int]) -> Iterator[Levels]:
    """Return the references of this size: scaled as a whole, letterboxed on white, or cut to a square."""
    with Image.open(io.BytesIO(source)) as image:
        width, height = ImageOps.exif_transpose(image).size
    if size[0] != size[1]:
        yield reference(source, size)
        return
    scale = (min if size[0] == 256 else max)(size[0] / width, size[1] / height)
    scaled = reference(source, (round(width * scale), round(height * scale)))
    room = size[0] - scaled.shape[1], size[1] - scaled.shape[0]
    for odd in {0, *(side % 2 for side in room)}:
        left, top = (room[0] + odd) // 2, (room[1] + odd) // 2
        canvas = np.full((size[1], size[0], scaled.shape[2]), 255.0)
        canvas[max(top, 0) : top + scaled.shape[0], max(left, 0) : left + scaled.shape[1]] = scaled[
            max(-top, 0) : max(-top, 0) + size[1], max(-left, 0) : max(-left, 0) + size[0]
        ]
        yield canvas


def _grays(levels: Levels, *, gray: bool) -> Iterator[Levels]:
    """Return the image itself or, for a grey result, its greys."""
    if not gray:
        yield levels
        return
    yield levels @ np.array([_LUMA]).T
    light = np.where(levels <= 0.04045 * 255, levels / 255 / 12.92, ((levels / 255 + 0.055) / 1.055) ** 2.4)
    luminance = light @ np.array([_LUMINANCE]).T
    yield 255 * np.where(luminance <= 0.0031308, 12.92 * luminance, 1.055 * luminance ** (1 / 2.4) - 0.055)


def reference(source: bytes, size: tuple[int, int]) -> Levels:
    """Decode the source in full and scale it by Lanczos in floating point, without rounding and compression."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(source)))
    levels = _levels(image.convert("RGBA" if image.has_transparency_data else "RGB"))
    bands = (
        Image.fromarray(np.ascontiguousarray(levels[..., band], dtype=np.float32)) for band in range(levels.shape[2])
    )
    scaled = [np.asarray(band.resize(size, Image.Resampling.LANCZOS), dtype=np.float64) for band in bands]
    return np.clip(np.stack(scaled, axis=2), 0, 255)


def psnr(one: Levels, other: Levels) -> float:
    """Return the peak signal-to-noise ratio in decibels over all channels; higher is closer."""
    error = float(np.mean((one - other) ** 2))
    return 99.0 if error == 0 else 10 * float(np.log10(255**2 / error))


def ssim(one: Levels, other: Levels) -> float:
    """Return the structural similarity of the lightness, 0 to 1, over blocks of 8 × 8 pixels."""
    a, b = _blocks(_lightness(one)), _blocks(_lightness(other))
    mean_a, mean_b = a.mean(axis=1), b.mean(axis=1)
    covariance = (a * b).mean(axis=1) - mean_a * mean_b
    similar = (2 * mean_a * mean_b + _C1) * (2 * covariance + _C2)
    return float(np.mean(similar / ((mean_a**2 + mean_b**2 + _C1) * (a.var(axis=1) + b.var(axis=1) + _C2))))


def _levels(image: Image.Image) -> Levels:
    levels = np.asarray(image, dtype=np.float64).reshape(image.height, image.width, -1).copy()
    if image.mode == "RGBA":
        levels[..., :3] *= levels[..., 3:] / 255
    return levels


def _lightness(levels: Levels) -> Levels:
    return levels[..., 0] if levels.shape[2] == 1 else levels[..., :3] @ np.array(_LUMA)


def _blocks(levels: Levels) -> Levels:
    height, width = (side - side % _BLOCK for side in levels.shape)
    cut = levels[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    return cut.swapaxes(1, 2).reshape(-1, _BLOCK * _BLOCK)
