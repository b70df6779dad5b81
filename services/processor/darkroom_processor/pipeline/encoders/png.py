"""PNG."""

from dataclasses import replace
from typing import Final

from darkroom.recipes import Output
from darkroom_processor.pipeline.encoders import palette, rows
from darkroom_processor.pipeline.encoders.saving import save, timing
from darkroom_processor.pipeline.keep import Kept
from darkroom_processor.pipeline.strip import Strip

_PALETTE_FROM: Final = 3
"""The effort from which a picture of few colours gets a palette: it costs some time to look."""

_MOST_MILLISECONDS: Final = 65_535


def encode(strip: Strip, output: Output, kept: Kept) -> bytes:
    """Without loss, whatever `quality` says, unless `colors` asks for a palette. zlib's level is the effort."""
    options = {"compress_level": output.effort, **timing(_sayable(strip)), **kept.options()}
    if output.colors is not None:
        return save(palette.reduced_alike(strip.images, output.colors), "PNG", **options)
    if strip.is_animated:
        return save(strip.images, "PNG", **options)
    image = strip.images[0]
    indexed = palette.exact(image) if output.effort >= _PALETTE_FROM else None
    if indexed is None and rows.are_shorter_unpredicted(image):
        return rows.unpredicted(image, output.effort, kept)
    return save([indexed or image], "PNG", **options)


def _sayable(strip: Strip) -> Strip:
    """With durations that two numbers of 16 bits can say: long ones in hundredths of a second."""
    durations = (duration if duration <= _MOST_MILLISECONDS else round(duration, -1) for duration in strip.durations)
    return replace(strip, durations=tuple(durations))
