"""Writes pictures in a variant's output format."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from darkroom.formats import ImageFormat
from darkroom.planner.effort import search_tries
from darkroom.recipes import DEFAULT_QUALITY, Output
from darkroom_processor.pipeline.encoders import avif, gif, jpeg, png, tiff, webp
from darkroom_processor.pipeline.keep import Kept
from darkroom_processor.pipeline.search import best_within, too_long
from darkroom_processor.pipeline.strip import Strip

Encoder = Callable[[Strip, Output, Kept], bytes]

_ENCODERS: Mapping[ImageFormat, Encoder] = MappingProxyType(
    {
        ImageFormat.JPEG: jpeg.encode,
        ImageFormat.PNG: png.encode,
        ImageFormat.WEBP: webp.encode,
        ImageFormat.AVIF: avif.encode,
        ImageFormat.GIF: gif.encode,
        ImageFormat.TIFF: tiff.encode,
    }
)


def encode(strip: Strip, output: Output, image_format: ImageFormat, kept: Kept) -> bytes:
    """The file's bytes. Raises OutputLimit when they cannot be as few as the recipe allows."""
    encoder = _ENCODERS[image_format]
    if output.max_bytes is None:
        return encoder(strip, output, kept)
    if image_format not in DEFAULT_QUALITY or output.lossless:
        return _only_within(output.max_bytes, encoder(strip, output, kept))
    highest = output.quality or DEFAULT_QUALITY[image_format]
    return best_within(
        output.max_bytes,
        highest,
        lambda quality: encoder(strip, output.model_copy(update={"quality": quality}), kept),
        tries=search_tries(strip.pixels),
    )


def _only_within(limit: int, data: bytes) -> bytes:
    if len(data) > limit:
        raise too_long(len(data), limit)
    return data
