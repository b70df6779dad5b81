"""Composition is exact to a level for any transparencies."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image

from darkroom_processor.pipeline.animations import apng as apng_reader
from darkroom_processor.pipeline.animations import gif as gif_reader
from darkroom_processor.pipeline.animations.animation import Animation, Disposal, StoredFrame
from tests.processor.pipeline.animations.composed import composed
from tests.support import apng, compositor, ffmpeg, gif
from tests.support.compositor import Levels


@pytest.mark.parametrize("number", range(3))
def test_blending_any_two_colours_is_exact_to_a_level(number: int) -> None:
    chance = np.random.default_rng(number)
    source, below = (chance.integers(0, 256, (256, 256, 4)) for _ in range(2))
    source[..., 3], below[..., 3] = np.arange(256)[:, None], np.arange(256)[None, :]
    frames = tuple(_frame(pixels, over=over) for pixels, over in ((below, False), (source, True)))
    made = composed(Animation(size=(256, 256), is_gray=False, frames=frames, plays=0))[1]
    expected = compositor.over(source, below)
    assert (made[..., 3] == expected[..., 3]).all()
    assert compositor.largest_difference(made, expected) <= 1
    opaque = below[..., 3] == 255
    assert (made[opaque] == expected[opaque]).all()


def _frame(pixels: Levels, *, over: bool) -> StoredFrame:
    return StoredFrame(
        place=(0, 0),
        size=(256, 256),
        over=over,
        disposal=Disposal.KEEP,
        milliseconds=0,
        decode=lambda: Image.fromarray(pixels.astype(np.uint8), "RGBA"),
    )


@ffmpeg.needed
@settings(max_examples=12)
@given(data=apng.drawn(plain=True))
def test_an_apng_looks_the_same_in_ffmpeg(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    animation = apng_reader.read(data)
    assert animation is not None
    _compare(animation, ffmpeg.frames(data, "apng", animation.size, _folder(tmp_path_factory)))


@ffmpeg.needed
@settings(max_examples=12)
@given(data=gif.drawn(plain=True))
def test_a_gif_looks_the_same_in_ffmpeg(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    animation = gif_reader.read(data)
    _compare(animation, ffmpeg.frames(data, "gif", animation.size, _folder(tmp_path_factory)))


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("ffmpeg")


def _compare(animation: Animation, others: list[Levels]) -> None:
    for made, other in zip(composed(animation), others, strict=True):
        assert compositor.largest_difference(made, other) <= 2
