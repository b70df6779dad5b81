"""The operations rotate, flip and flop, checked by the colours of the corners."""

from typing import Any

import numpy as np
import pytest
from PIL import ImageFilter

from tests.processor.pipeline.running import image
from tools.testbed import images

pytestmark = pytest.mark.slow

AROUND = ["top_left", "top_right", "bottom_right", "bottom_left"]


def clockwise(quarters: int) -> dict[str, str]:
    """Return which corner is in each corner after this many quarter turns clockwise."""
    return {AROUND[(index + quarters) % 4]: name for index, name in enumerate(AROUND)}


@pytest.mark.parametrize("angle", [-360, -270, -180, -90, 0, 90, 180, 270, 360])
def test_right_angles_rotate_clockwise_and_exactly(angle: int) -> None:
    shown = image(images.png(60, 40), [{"op": "rotate", "angle": angle}])
    assert shown.size == ((40, 60) if angle % 180 else (60, 40))
    assert images.corners(shown) == clockwise(angle // 90)
    assert len(shown.getcolors() or []) == 4


def test_other_angles_rotate_clockwise() -> None:
    shown = image(images.png(100, 100), [{"op": "rotate", "angle": 45}])
    assert shown.size == (142, 142)
    top, right = shown.getpixel((71, 20)), shown.getpixel((120, 71))
    assert images.nearest_corner(top) == "top_left"
    assert images.nearest_corner(right) == "top_right"


@pytest.mark.parametrize("angle", [7, 45, 120.5, -33])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_rotation_by_any_angle_matches_a_separate_computation(angle: float, mode: str) -> None:
    # Only smooth changes: the pipeline interpolates between sixteen pixels, this test between four.
    source = images.photo(121, 90, mode).filter(ImageFilter.GaussianBlur(2))
    result = image(images.encoded(source, "PNG"), [{"op": "rotate", "angle": angle, "background": "transparent"}])
    before, after = (np.asarray(one.convert("RGBA").convert("RGBa")).astype(float) for one in (source, result))
    # Find where each pixel of the result comes from: rotate back about the middle, then interpolate four pixels.
    sine, cosine = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    y, x = np.mgrid[0 : result.height, 0 : result.width] + 0.5
    x, y = x - result.width / 2, y - result.height / 2
    across, down = x * cosine + y * sine + 60, y * cosine - x * sine + 44.5
    inside = (across >= 1) & (across <= 119) & (down >= 1) & (down <= 88)
    left, top = np.floor(across[inside]).astype(int), np.floor(down[inside]).astype(int)
    right_part, lower_part = (across[inside] - left)[:, None], (down[inside] - top)[:, None]
    upper = before[top, left] * (1 - right_part) + before[top, left + 1] * right_part
    lower = before[top + 1, left] * (1 - right_part) + before[top + 1, left + 1] * right_part
    error = np.abs(after[inside] - (upper * (1 - lower_part) + lower * lower_part))
    assert error.mean() < 0.7
    assert error.max() < 9
    assert after[(across < -1.5) | (down < -1.5) | (across > 121.5) | (down > 90.5)].max() == 0


@pytest.mark.parametrize("background", ["#ffffff", "#336699"])
def test_a_rotated_image_lies_on_the_background(background: str) -> None:
    shown = image(images.png(100, 80), [{"op": "rotate", "angle": 10, "background": background}])
    assert shown.mode == "RGB"
    assert shown.getpixel((1, 1)) == tuple(bytes.fromhex(background[1:]))


def test_a_rotated_image_on_a_transparent_background_has_alpha() -> None:
    shown = image(images.png(100, 80), [{"op": "rotate", "angle": 10, "background": "transparent"}])
    assert shown.mode == "RGBA"
    assert shown.getpixel((1, 1)) == (0, 0, 0, 0)
    assert shown.getchannel("A").getpixel((shown.width // 2, shown.height // 2)) == 255


def test_flip_mirrors_top_to_bottom_and_flop_left_to_right() -> None:
    flipped = images.corners(image(images.png(60, 40), [{"op": "flip"}]))
    flopped = images.corners(image(images.png(60, 40), [{"op": "flop"}]))
    assert flipped["top_left"] == "bottom_left"
    assert flipped["top_right"] == "bottom_right"
    assert flopped["top_left"] == "top_right"
    assert flopped["bottom_left"] == "bottom_right"


def test_rotation_before_a_resize_is_right_with_reduced_decoding() -> None:
    operations: list[dict[str, Any]] = [{"op": "rotate", "angle": 90}, {"op": "flop"}, {"op": "resize", "width": 40}]
    shown = image(images.jpeg(801, 599, 6), operations)
    assert shown.size == (40, round(801 * 40 / 599))
    assert images.corners(shown)["top_right"] == "bottom_left"
