"""GIF."""

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
"""Milliseconds in what a GIF counts time in."""
_LONGEST: Final = 65_535 * _HUNDREDTH


def encode(strip: Frames, output: Output, kept: KeptMetadata) -> bytes:  # noqa: ARG001 - GIF holds no metadata
    """The best colours, one for transparency among them if needed, which is on or off."""
    colors = output.colors or palette.MOST_COLORS
    if strip.is_animated:
        return _animation(strip, colors)
    return save([_indexed(strip.images[0], colors)], "GIF")


def loses_nothing(strip: Frames) -> bool:
    """Whether each picture has so few colours that `encode`, with as many as there may be, keeps all of them."""
    return all(map(_has_few_colors, strip.images))


def _has_few_colors(image: Image.Image) -> bool:
    if image.mode == "L":
        return True
    if image.mode == "RGB":
        return palette.is_exact(image, palette.MOST_COLORS)
    levels = image.getchannel("A").histogram()
    # One colour stands for nothing, and one for what is not seen.
    return sum(levels[1:_OPAQUE]) == 0 and palette.is_exact(image.convert("RGBA"), palette.MOST_COLORS - 2)


def _animation(strip: Frames, colors: int) -> bytes:
    options: dict[str, Any] = {"disposal": _CLEAR_BEFORE_NEXT} if strip.has_alpha else {}
    images = None if strip.has_alpha else palette.exactly_alike(strip.images, colors)
    if images is None:
        images = [_indexed(image, colors) for image in strip.images]
    else:
        # Then there is one table for all frames, and pixels that stay as they are can be left away.
        options |= {"palette": bytes(images[0].getpalette() or []), "optimize": True}
    options["loop"] = _repetitions(strip.plays)
    durations = list(_in_hundredths(strip.durations))
    try:
        return save(images, "GIF", duration=durations, **options)
    except OverflowError:
        # Frames that look alike are written as one, which is then shown for longer than can be said.
        each = _LONGEST // len(durations)
        return save(images, "GIF", duration=[min(duration, each) for duration in durations], **options)


def _repetitions(plays: int) -> int | None:
    """How often it is repeated after it has run once; a GIF that is not repeated says nothing of it."""
    if plays == 1:
        return None
    return plays if plays == ENDLESS else plays - 1


def _in_hundredths(durations: Iterable[int]) -> Iterator[int]:
    """Rounded such that the animation keeps its time as a whole.

    Browsers show frames of one hundredth for ten: what is meant to be shorter than two, yet longer than one, gets two.
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
