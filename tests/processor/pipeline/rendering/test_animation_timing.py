"""Animations keep the duration of each frame, and how often they play."""

import numpy as np
import pytest
from PIL import Image

from tests.processor.pipeline.rendering.animations import (
    ANIMATED,
    Levels,
    assembled,
    durations,
    frames,
    levels,
    moving,
    plays,
)
from tests.support.corpus import CORPUS, needs_corpus
from tools.testbed import images

pytestmark = pytest.mark.slow

LONGEST = 655_350
"""Milliseconds: the longest duration that is written."""


@needs_corpus
@pytest.mark.parametrize("file", ["rotating-squares.gif", "rotating-squares.webp", "animated-loop-3.gif"])
@pytest.mark.parametrize("name", ["gif", "webp", "png"])
def test_animations_of_the_corpus_look_the_same_at_any_time(file: str, name: str) -> None:
    data = (CORPUS / "formats" / file).read_bytes()
    made = moving(data, [], format=name, lossless=True)
    before, after = timeline(data), timeline(made)
    assert [until for until, _ in after] == [until for until, _ in before]
    for (_, one), (_, other) in zip(before, after, strict=True):
        assert np.abs(one - other).mean() < 2


def timeline(data: bytes) -> list[tuple[int, Levels]]:
    """Return the end, in milliseconds, and the levels of each frame. Equal frames in a row are one."""
    seen: list[tuple[int, Levels]] = []
    until = 0
    for frame, duration in zip(map(levels, frames(data)), durations(data), strict=True):
        until += duration
        if seen and (frame == seen[-1][1]).all():
            seen.pop()
        seen.append((until, frame))
    return seen


@pytest.mark.parametrize("source", ["GIF", "WEBP", "PNG"])
@pytest.mark.parametrize("name", ["gif", "webp", "png"])
@pytest.mark.parametrize("times", [0, 1, 3, 65_535])
def test_an_animation_plays_as_often_as_its_source(source: str, name: str, times: int) -> None:
    stated = {0: 0, 1: None}.get(times, times - 1) if source == "GIF" else times
    data = images.animation(40, 20, 3, source, loop=stated)
    assert plays(data) == times
    assert plays(moving(data, [], format=name)) == times


@needs_corpus
def test_a_gif_that_is_repeated_twice_plays_three_times() -> None:
    # Its authors named the file after the number of plays; sharp also reads 3.
    data = (CORPUS / "formats/animated-loop-3.gif").read_bytes()
    assert plays(moving(data, [], format="webp")) == 3


def flicker(shown: list[int], image_format: str = "PNG") -> bytes:
    """Return an animation of different colours, each shown for this many milliseconds."""
    colors = [Image.new("RGB", (8, 8), (20 * number % 256, 99, 7)) for number in range(len(shown))]
    return assembled(colors, image_format, duration=shown, loop=0)


@pytest.mark.parametrize("name", ANIMATED)
@pytest.mark.parametrize("shown", [[20, 100, 3000], [655_000, 20], [70_010, 66_000]])
def test_frames_are_shown_for_as_long_as_before(name: str, shown: list[int]) -> None:
    assert durations(moving(flicker(shown), [], format=name)) == shown


def test_a_gif_keeps_its_total_duration() -> None:
    shown = durations(moving(flicker([33] * 10), [], format="gif"))
    assert set(shown) == {30, 40}
    assert all(abs(sum(shown[:count]) - 33 * count) <= 5 for count in range(11))


def test_no_frame_of_a_gif_becomes_short_enough_to_be_slowed_down() -> None:
    assert durations(moving(flicker([16] * 6), [], format="gif")) == [20] * 6
    # Frames of one hundredth or without a duration were slowed down before, too: browsers show them for a tenth.
    assert durations(moving(flicker([10] * 3), [], format="gif")) == [10] * 3
    assert durations(moving(flicker([0] * 3, "GIF"), [], format="webp")) == [100] * 3


@pytest.mark.parametrize("name", ANIMATED)
@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
def test_durations_are_limited_to_what_can_be_written(name: str, image_format: str) -> None:
    data = flicker([16_000_000, 70_000, 5], image_format)
    assert durations(moving(data, [], format=name))[0] == LONGEST


def test_equal_frames_of_a_gif_are_limited_to_its_longest_duration() -> None:
    alike = [Image.new("RGB", (8, 8), (1, 2, number)) for number in (3, 3, 3, 200)]
    data = assembled(alike, "WEBP", duration=[600_000, 600_001, 600_002, 40], lossless=True, minimize_size=False)
    shown = durations(moving(data, [], format="gif", colors=2))
    assert 0 < max(shown) <= LONGEST
