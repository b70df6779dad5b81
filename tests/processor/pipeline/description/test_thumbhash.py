"""The thumbhash, against a direct computation of its published definition and a known value."""

import math
from typing import Any

import numpy as np
import pytest

from darkroom_processor.pipeline.description.thumbhash import thumbhash
from tools.testbed import images


def waves(channel: Any, across: int, down: int) -> tuple[float, list[float], float]:
    """Return the double sum of the definition, one wave at a time."""
    height, width = channel.shape
    found = []
    for y in range(down):
        x = 0
        while x * down < across * (down - y):
            columns = np.cos(math.pi / width * x * (np.arange(width) + 0.5))
            rows = np.cos(math.pi / height * y * (np.arange(height) + 0.5))
            found.append(float((channel * columns[None, :] * rows[:, None]).sum() / (width * height)))
            x += 1
    scale = max((abs(wave) for wave in found[1:]), default=0.0)
    return found[0], [0.5 + 0.5 / scale * wave if scale else 0.0 for wave in found[1:]], scale


def unpacked(data: bytes) -> list[int]:
    return [half for byte in data for half in (byte & 15, byte >> 4)]


@pytest.mark.parametrize("size", [(100, 75), (75, 100), (100, 100), (1, 1), (100, 3), (33, 17)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_hash_follows_its_definition(size: tuple[int, int], mode: str) -> None:
    image = images.photo(*size, mode)
    hashed = thumbhash(image)
    pixels = np.asarray(image.convert("RGBA"), dtype=float) / 255
    alpha = pixels[..., 3:]
    average = (pixels[..., :3] * alpha).sum(axis=(0, 1)) / max(alpha.sum(), 1e-9)
    red, green, blue = np.moveaxis(average * (1 - alpha) + pixels[..., :3] * alpha, -1, 0)
    has_alpha = bool((alpha < 1).any())
    most = 5 if has_alpha else 7
    across, down = (max(1, math.floor(most * side / max(size) + 0.5)) for side in size)
    mean, lightness, scale = waves((red + green + blue) / 3, max(3, across), max(3, down))
    _, yellow_blue, _ = waves((red + green) / 2 - blue, 3, 3)
    _, red_green, _ = waves(red - green, 3, 3)
    expected = [*lightness, *yellow_blue, *red_green]
    if has_alpha:
        expected += waves(pixels[..., 3], 5, 5)[1]
    header = int.from_bytes(hashed[:3], "little")
    assert header & 63 == pytest.approx(63 * mean, abs=0.51)
    assert header >> 18 & 31 == pytest.approx(31 * scale, abs=0.51)
    assert bool(header >> 23) == has_alpha
    assert bool(hashed[4] >> 7) == (size[0] > size[1])
    quantized = unpacked(hashed[6 if has_alpha else 5 :])[: len(expected)]
    assert quantized == pytest.approx([15 * wave for wave in expected], abs=0.51)


def test_the_hash_of_known_pixels_is_the_published_one() -> None:
    # Computed with the PyPI package thumbhash 0.1.2, a port of the published code, from the same pixels.
    known = "e0f7052d8eb1449450467967746976877f867b5038"
    assert thumbhash(images.photo(100, 75)).hex() == known
