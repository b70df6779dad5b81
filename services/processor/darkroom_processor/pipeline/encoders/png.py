"""PNG."""

from typing import Final

from PIL import Image

from darkroom.recipes import Output
from darkroom_processor.pipeline.encoders import palette
from darkroom_processor.pipeline.encoders.saving import save
from darkroom_processor.pipeline.keep import Kept
from darkroom_processor.pipeline.strip import Strip

_PALETTE_FROM: Final = 3
"""The effort from which a picture of few colours gets a palette: it costs some time to look."""


def encode(strip: Strip, output: Output, kept: Kept) -> bytes:
    """Without loss, whatever `quality` says, unless `colors` asks for a palette. zlib's level is the effort."""

    def prepare(image: Image.Image) -> Image.Image:
        if output.colors is not None:
            return palette.reduced(image, output.colors)
        if output.effort >= _PALETTE_FROM and not strip.is_animated:
            return palette.exact(image) or image
        return image

    return save(strip, "PNG", prepare, compress_level=output.effort, **kept.options())
