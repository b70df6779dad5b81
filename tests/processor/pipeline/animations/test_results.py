"""Results look the same as their sources. Both are decoded without Pillow and without the product."""

import numpy as np
import pytest
from hypothesis import given, settings

from tests.processor.pipeline.running import picture
from tests.support import apng, compositor, gif, png_reference
from tests.support.compositor import Levels

pytestmark = pytest.mark.slow

_COLORS = bytes((0, 0, 0, 255, 0, 0, 0, 200, 0, 0, 0, 255))


def moving(data: bytes, image_format: str) -> bytes:
    """Process an animation into another format."""
    return picture(data, [], {"format": image_format, "frames": "all"}).data


def expected(data: bytes) -> list[Levels]:
    """Return the canvas after each frame that changes it."""
    size, parts = (gif if data.startswith(b"GIF") else apng).parts(data)
    return changes(compositor.shown(size, parts) if parts else [png_reference.rgba(data)])


def changes(frames: list[Levels]) -> list[Levels]:
    """Return the frames that differ from the previous one. Encoders merge equal frames."""
    visible = [np.where(frame[..., 3:] == 0, 0, frame) for frame in frames]
    return [one for at, one in enumerate(visible) if at == 0 or (one != visible[at - 1]).any()]


def same(data: bytes, made: bytes, within: int) -> bool:
    """Whether two files show the same changes, with differences of at most `within` levels."""
    one, other = expected(data), expected(made)
    return len(one) == len(other) and all(
        compositor.largest_difference(*pair) <= within for pair in zip(one, other, strict=True)
    )


@settings(max_examples=25)
@given(data=gif.drawn())
def test_a_png_made_of_a_gif_looks_the_same(data: bytes) -> None:
    assert same(data, moving(data, "png"), 0)


@settings(max_examples=25)
@given(data=apng.drawn(plain=True))
def test_a_png_made_of_an_apng_looks_the_same(data: bytes) -> None:
    # The product may merge frames that differ by one level, so only the first and the last are compared.
    size, parts = apng.parts(data)
    wanted, made = compositor.shown(size, parts), expected(moving(data, "png"))
    assert compositor.largest_difference(made[0], wanted[0]) <= 1
    assert compositor.largest_difference(made[-1], wanted[-1]) <= 1


@settings(max_examples=25)
@given(data=apng.drawn())
def test_an_apng_without_operations_looks_the_same(data: bytes) -> None:
    size, parts = apng.parts(data)
    wanted, made = compositor.shown(size, parts), expected(moving(data, "same"))
    assert compositor.largest_difference(made[0], wanted[0]) <= 1
    assert compositor.largest_difference(made[-1], wanted[-1]) <= 1


@settings(max_examples=25)
@given(data=gif.drawn())
def test_a_gif_without_operations_looks_the_same(data: bytes) -> None:
    assert same(data, moving(data, "same"), 0)


@pytest.mark.parametrize("disposal", range(8))
@pytest.mark.parametrize("image_format", ["gif", "png"])
def test_disposal_is_applied_in_the_result(disposal: int, image_format: str) -> None:
    frames = [
        gif.Frame(indexes=bytes([index]) * 16, size=(4, 4), place=(2 * index, index), disposal=disposal)
        for index in (1, 2, 3, 1)
    ]
    data = gif.written((12, 10), frames, table=_COLORS)
    turned = picture(data, [{"op": "flip"}, {"op": "flip"}], {"format": image_format, "frames": "all"})
    assert same(data, turned.data, 0)
