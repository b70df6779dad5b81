"""Writes PNG."""

from dataclasses import replace
from typing import Final

from darkroom.planner.encoder_effort import png_by_the_row
from darkroom.recipes import Output
from darkroom_processor.pipeline.encoding import palette, png_writer
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.pillow_save import save, timing
from darkroom_processor.pipeline.pixels.frames import Frames

_PALETTE_FROM: Final = 3
"""Effort from which an image of few colours gets a palette. Counting the colours takes time."""

# zlib-ng's level for each effort from 0 to 9. Level 5 takes as long as level 4 and makes drawings 5 % smaller.
_LEVELS: Final = (0, 1, 2, 3, 5, 5, 6, 7, 8, 9)

_MOST_MILLISECONDS: Final = 65_535


def encode(frames: Frames, output: Output, kept: KeptMetadata) -> bytes:
    """Write a PNG without loss, unless `colors` limits the palette. `quality` has no effect."""
    options = {"compress_level": output.effort, **timing(_with_exact_durations(frames)), **kept.options()}
    if output.colors is not None:
        return save(palette.reduced_alike(frames.images, output.colors), "PNG", **options)
    if frames.is_animated:
        return save(frames.images, "PNG", **options)
    image = frames.images[0]
    indexed = palette.exact(image) if output.effort >= _PALETTE_FROM else None
    if indexed:
        return save([indexed], "PNG", **options)
    data = png_writer.file_of(image, _LEVELS[output.effort], kept)
    if not png_by_the_row(output.effort, image.width * image.height):
        return data
    return min(data, save([image], "PNG", **options), key=len)


def _with_exact_durations(frames: Frames) -> Frames:
    """Return frames whose durations a PNG can state as a fraction of two 16-bit numbers: long ones in hundredths."""
    durations = (duration if duration <= _MOST_MILLISECONDS else round(duration, -1) for duration in frames.durations)
    return replace(frames, durations=tuple(durations))
