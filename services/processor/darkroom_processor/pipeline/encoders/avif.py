"""AVIF."""

from typing import Final

from darkroom.formats import ImageFormat
from darkroom.recipes import DEFAULT_QUALITY, Output, Subsampling
from darkroom_processor.pipeline.encoders.saving import as_rgb, save
from darkroom_processor.pipeline.keep import Kept
from darkroom_processor.pipeline.strip import Strip

# libavif's speed by effort 0 to 9. Below 4 a picture takes many seconds.
_SPEEDS: Final = (10, 9, 8, 7, 6, 6, 5, 5, 4, 4)
_LARGE: Final = 8_000_000
"""Pixels above which speed 8 is the least: at 6 a picture of 50 megapixels takes longer than one image may."""


def encode(strip: Strip, output: Output, kept: Kept) -> bytes:
    """As near to no loss as the encoder gets, if asked for: quality 100 and colours at full resolution."""
    gray = strip.images[0].mode == "L"
    # Without being told, colours at full resolution: 3 % more bytes of a photo, and 5 dB on colourful edges.
    subsampling = Subsampling.FULL if output.lossless else output.subsampling or Subsampling.FULL
    return save(
        strip,
        "AVIF",
        (lambda image: image) if gray else as_rgb,
        quality=100 if output.lossless else output.quality or DEFAULT_QUALITY[ImageFormat.AVIF],
        speed=_speed(strip, output.effort),
        subsampling="4:0:0" if gray else subsampling.value,
        max_threads=1,
        **kept.options(),
    )


def _speed(strip: Strip, effort: int) -> int:
    pixels = strip.size[0] * strip.size[1] * len(strip.rasters)
    return max(_SPEEDS[effort], 8) if pixels > _LARGE else _SPEEDS[effort]
