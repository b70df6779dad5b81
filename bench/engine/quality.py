"""How near a result is to the picture that it was made from."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

Levels = NDArray[np.float64]

# The constants of Wang et al., Image quality assessment: from error visibility to structural similarity (2004).
_C1 = (0.01 * 255) ** 2
_C2 = (0.03 * 255) ** 2
_BLOCK = 8


@dataclass(frozen=True)
class Quality:
    """How near; higher is nearer."""

    decibels: float
    similarity: float


def judge(source: bytes, result: bytes) -> Quality:
    """A result against the reference of its size; a letterboxed one against a letterboxed reference."""
    with Image.open(io.BytesIO(result)) as opened:
        picture = opened.convert("RGBA" if opened.has_transparency_data else "L" if opened.mode == "L" else "RGB")
    expected = _fitted(source, picture.size, picture.mode)
    return Quality(psnr(picture, expected), ssim(picture, expected))


def _fitted(source: bytes, size: tuple[int, int], mode: str) -> Image.Image:
    """The reference at this size: scaled as a whole, or letterboxed on white, or cut to a square."""
    with Image.open(io.BytesIO(source)) as image:
        width, height = image.size
    if size[0] != size[1]:
        return reference(source, size, mode)
    scale = (min if size[0] == 256 else max)(size[0] / width, size[1] / height)
    scaled = reference(source, (round(width * scale), round(height * scale)), mode)
    canvas = Image.new(mode, size, "white")
    canvas.paste(scaled, ((size[0] - scaled.width) // 2, (size[1] - scaled.height) // 2))
    return canvas


def reference(source: bytes, size: tuple[int, int], mode: str) -> Image.Image:
    """The source decoded in full and scaled by Pillow's Lanczos, without compression: what a result is held against."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(source)))
    if "A" in image.getbands():
        image = image.convert("RGBA")
    return image.resize(size, Image.Resampling.LANCZOS).convert(mode)


def psnr(one: Image.Image, other: Image.Image) -> float:
    """Peak signal to noise in decibels, over all channels; higher is nearer."""
    error = float(np.mean((_levels(one) - _levels(other)) ** 2))
    return 99.0 if error == 0 else 10 * float(np.log10(255**2 / error))


def ssim(one: Image.Image, other: Image.Image) -> float:
    """Structural similarity of the lightness, from 0 to 1, over blocks of 8 × 8 pixels."""
    a, b = _blocks(_levels(one.convert("L"))), _blocks(_levels(other.convert("L")))
    mean_a, mean_b = a.mean(axis=1), b.mean(axis=1)
    covariance = (a * b).mean(axis=1) - mean_a * mean_b
    similar = (2 * mean_a * mean_b + _C1) * (2 * covariance + _C2)
    return float(np.mean(similar / ((mean_a**2 + mean_b**2 + _C1) * (a.var(axis=1) + b.var(axis=1) + _C2))))


def _levels(image: Image.Image) -> Levels:
    """Transparent pixels count by what is seen of them."""
    return np.asarray(image.convert("RGBa") if image.mode == "RGBA" else image, dtype=np.float64)


def _blocks(levels: Levels) -> Levels:
    height, width = (side - side % _BLOCK for side in levels.shape)
    cut = levels[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK)
    return cut.swapaxes(1, 2).reshape(-1, _BLOCK * _BLOCK)
