"""PNG."""

from typing import Final

from darkroom.recipes import Output
from darkroom_processor.pipeline.encoders import palette, rows
from darkroom_processor.pipeline.encoders.saving import save
from darkroom_processor.pipeline.keep import Kept
from darkroom_processor.pipeline.strip import Strip

_PALETTE_FROM: Final = 3
"""The effort from which a picture of few colours gets a palette: it costs some time to look."""


def encode(strip: Strip, output: Output, kept: Kept) -> bytes:
    """Without loss, whatever `quality` says, unless `colors` asks for a palette. zlib's level is the effort."""
    options = {"compress_level": output.effort, **kept.options()}
    colors = output.colors
    if colors is not None:
        return save(strip, "PNG", lambda image: palette.reduced(image, colors), **options)
    if strip.is_animated:
        return save(strip, "PNG", lambda image: image, **options)
    image = strip.images[0]
    indexed = palette.exact(image) if output.effort >= _PALETTE_FROM else None
    if indexed is None and rows.are_shorter_unpredicted(image):
        return rows.unpredicted(image, output.effort, kept)
    return save(strip, "PNG", lambda _: indexed or image, **options)
