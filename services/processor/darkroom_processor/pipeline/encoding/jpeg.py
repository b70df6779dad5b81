"""Writes JPEG."""

from typing import Final

from PIL import Image

from darkroom.formats import ImageFormat
from darkroom.recipes import DEFAULT_QUALITY, Output, Subsampling
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.pillow_save import save
from darkroom_processor.pipeline.pixels.frames import Frames

_OPTIMIZED_FROM: Final = 5
"""Effort from which Huffman tables are computed for the image: a second pass that saves a few per cent of the bytes."""


def encode(frames: Frames, output: Output, kept: KeptMetadata) -> bytes:
    """Write the first frame. Transparent parts become white: JPEG has no transparency."""
    return save(
        [_opaque(frames.images[0])],
        "JPEG",
        quality=output.quality or DEFAULT_QUALITY[ImageFormat.JPEG],
        subsampling=output.subsampling or Subsampling.QUARTER,
        progressive=output.progressive,
        optimize=output.progressive or output.effort >= _OPTIMIZED_FROM,
        **kept.options(),
    )


def _opaque(image: Image.Image) -> Image.Image:
    if not image.mode.endswith("A"):
        return image
    colors = image.mode.removesuffix("A")
    white = Image.new(colors, image.size, "white")
    white.paste(image.convert(colors), mask=image.getchannel("A"))
    return white
