"""Writes GIF."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from PIL import Image

from darkroom.recipes import Output
from darkroom_processor.pipeline.encoding import palette
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.pillow_save import save
from darkroom_processor.pipeline.pixels.frames import ENDLESS, Frames

_CLEAR_BEFORE_NEXT: Final = 2
_OPAQUE_FROM: Final = 128
_OPAQUE: Final = 255
_HUNDREDTH: Final = 10
"""Milliseconds in the unit of time of a GIF."""
_LONGEST: Final = 65_535 * _HUNDREDTH


def encode(frames: Frames, output: Output, kept: KeptMetadata) -> bytes:  # noqa: ARG001 - GIF holds no metadata
    """Write a GIF with the best `colors` colours. One of them is transparent if needed: a GIF has no partial alpha."""
    colors = output.colors or palette.MOST_COLORS
    if frames.is_animated:
        return _animation(frames, colors)
    return save([_indexed(frames.images[0], colors)], "GIF")


def loses_nothing(frames: Frames) -> bool:
    """Return whether `encode` with 256 colours keeps every colour of every frame."""
    return all(map(_has_few_colors, frames.images))


def _has_few_colors(image: Image.Image) -> bool:
    if image.mode == "L":
        return True
    if image.mode == "RGB":
        return palette.is_exact(image, palette.MOST_COLORS)
    levels = image.getchannel("A").histogram()
    # One colour is reserved for transparency, and one for the colours of transparent pixels.
    return sum(levels[1:_OPAQUE]) == 0 and palette.is_exact(image.convert("RGBA"), palette.MOST_COLORS - 2)


def _animation(frames: Frames, colors: int) -> bytes:
    options: dict[str, Any] = {"disposal": _CLEAR_BEFORE_NEXT} if frames.has_alpha else {}
    images = None if frames.has_alpha else palette.exactly_alike(frames.images, colors)
    if images is None:
        images = [_indexed(image, colors) for image in frames.images]
    else:
        # With one palette for all frames, pixels that do not change can be left out.
        options |= {"palette": bytes(images[0].getpalette() or []), "optimize": True}
    options["loop"] = _repetitions(frames.plays)
    durations = list(_in_hundredths(frames.durations))
    try:
        return save(images, "GIF", duration=durations, **options)
    except OverflowError:
        # Pillow merges equal frames, and the sum of their durations may be longer than a GIF can state.
        each = _LONGEST // len(durations)
        return save(images, "GIF", duration=[min(duration, each) for duration in durations], **options)


def _repetitions(plays: int) -> int | None:
    """Return how often a GIF repeats after it has played once; None if it does not repeat."""
    if plays == 1:
        return None
    return plays if plays == ENDLESS else plays - 1


def _in_hundredths(durations: Iterable[int]) -> Iterator[int]:
    """Yield durations rounded to hundredths of a second, such that the animation as a whole keeps its length.

    Browsers show a frame of one hundredth for ten. So a frame of more than one hundredth gets at least two.
    """
    due = written = 0
    for duration in durations:
        due += duration
        least = 2 * _HUNDREDTH if duration > _HUNDREDTH else _HUNDREDTH
        written += (shown := max((due - written + _HUNDREDTH // 2) // _HUNDREDTH * _HUNDREDTH, least))
        yield min(shown, _LONGEST)


def _indexed(image: Image.Image, colors: int) -> Image.Image:
    if image.mode == "L" and colors == palette.MOST_COLORS:
        return image
    if not image.mode.endswith("A"):
        return palette.reduced(image, colors)
    seen = image.getchannel("A").point([255 if level >= _OPAQUE_FROM else 0 for level in range(256)])
    return palette.cut_out(image.convert("RGB"), seen, colors)
