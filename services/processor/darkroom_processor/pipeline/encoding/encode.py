"""Encodes pixels in the format of a variant."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from darkroom.formats import ImageFormat
from darkroom.planner.encoder_effort import search_tries
from darkroom.recipes import DEFAULT_QUALITY, Output
from darkroom_processor.pipeline.encoding import avif, gif, jpeg, png, tiff, webp
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.quality_search import best_quality_within, result_too_large
from darkroom_processor.pipeline.pixels.frames import Frames

Encoder = Callable[[Frames, Output, KeptMetadata], bytes]

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


def encode(frames: Frames, output: Output, image_format: ImageFormat, kept: KeptMetadata) -> bytes:
    """Return the bytes of the file. Raises OutputLimit when they are more than `max_bytes` of the output allows."""
    encoder = _ENCODERS[image_format]
    if output.max_bytes is None:
        return encoder(frames, output, kept)
    if image_format not in DEFAULT_QUALITY or output.lossless:
        return _only_within(output.max_bytes, encoder(frames, output, kept))
    highest = output.quality or DEFAULT_QUALITY[image_format]
    return best_quality_within(
        output.max_bytes,
        highest,
        lambda quality: encoder(frames, output.model_copy(update={"quality": quality}), kept),
        tries=search_tries(frames.pixels),
    )


def _only_within(limit: int, data: bytes) -> bytes:
    if len(data) > limit:
        raise result_too_large(len(data), limit)
    return data
