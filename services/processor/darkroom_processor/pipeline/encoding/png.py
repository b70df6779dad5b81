"""PNG."""

from dataclasses import replace
from typing import Final

from darkroom.planner.encoder_effort import png_by_the_row
from darkroom.recipes import Output
from darkroom_processor.pipeline.encoding import palette, png_writer
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.pillow_save import save, timing
from darkroom_processor.pipeline.pixels.frames import Frames

_PALETTE_FROM: Final = 3
"""The effort from which a picture of few colours gets a palette: it costs some time to look."""

# zlib-ng's level by effort 0 to 9. Its 5 takes as long as its 4, and packs drawings 5 % shorter.
_LEVELS: Final = (0, 1, 2, 3, 5, 5, 6, 7, 8, 9)

_MOST_MILLISECONDS: Final = 65_535


def encode(strip: Frames, output: Output, kept: KeptMetadata) -> bytes:
    """Without loss, whatever `quality` says, unless `colors` asks for a palette."""
    options = {"compress_level": output.effort, **timing(_sayable(strip)), **kept.options()}
    if output.colors is not None:
        return save(palette.reduced_alike(strip.images, output.colors), "PNG", **options)
    if strip.is_animated:
        return save(strip.images, "PNG", **options)
    image = strip.images[0]
    indexed = palette.exact(image) if output.effort >= _PALETTE_FROM else None
    if indexed:
        return save([indexed], "PNG", **options)
    data = png_writer.file_of(image, _LEVELS[output.effort], kept)
    if not png_by_the_row(output.effort, image.width * image.height):
        return data
    return min(data, save([image], "PNG", **options), key=len)


def _sayable(strip: Frames) -> Frames:
    """With durations that two numbers of 16 bits can say: long ones in hundredths of a second."""
    durations = (duration if duration <= _MOST_MILLISECONDS else round(duration, -1) for duration in strip.durations)
    return replace(strip, durations=tuple(durations))
