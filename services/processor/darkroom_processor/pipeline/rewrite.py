"""Writes variants without operations: the smaller of an encoded file and a copy of the source's coded pixels.

A lossless source is encoded without loss, or its coded pixels are copied. They can be copied only if the source needs
no rotation, crop or colour conversion.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from darkroom.errors import OutputLimit
from darkroom.formats import ImageFormat
from darkroom.recipes import Output
from darkroom_processor.pipeline.encoding import gif, png, tiff, webp
from darkroom_processor.pipeline.encoding.encode import encode
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.opening.open_image import OpenedImage
from darkroom_processor.pipeline.passthrough import copied_format, copy_coded_pixels, is_lossless, sample_bits
from darkroom_processor.pipeline.pixels.frames import Frames

_KEPT_BITS: Final = 8
"""Bits of a sample that all encoders keep."""
_LARGE: Final = 8_000_000
"""Pixels of all frames above which lossless WebP is encoded with the least effort, to bound the time."""


@dataclass(frozen=True, kw_only=True)
class RewrittenSource:
    """A source that a variant without operations writes again."""

    image: OpenedImage
    shows_result: bool
    """Whether its coded pixels show the result: no rotation, crop or colour conversion is needed."""


def rewrite(source: RewrittenSource, frames: Frames, output: Output, chosen: ImageFormat, kept: KeptMetadata) -> bytes:
    """Return the bytes of the file. Raises OutputLimit if no file fits into the recipe's `max_bytes`."""
    best = _copy(source, frames, output, chosen, kept)
    if output.colors is not None or not is_lossless(source.image):
        return _shorter(best, lambda: encode(frames, output, chosen, kept))
    encode_exactly = _lossless_encoder(source.image, frames, output, chosen, kept)
    if encode_exactly and not (best and frames.pixels > _LARGE and chosen is ImageFormat.WEBP):
        best = _shorter(best, encode_exactly)
    if best and _fits(best, output):
        return best
    # No encoder of the format is lossless, or its file is too large.
    return encode(frames, output.model_copy(update={"lossless": output.max_bytes is None}), chosen, kept)


def _copy(
    source: RewrittenSource, frames: Frames, output: Output, chosen: ImageFormat, kept: KeptMetadata
) -> bytes | None:
    """Return a file with the source's coded pixels. None if that is not what the recipe asks for."""
    if not source.shows_result or chosen is not copied_format(source.image.format):
        return None
    if output.colors is not None and (frames.is_animated or frames.images[0].getcolors(output.colors) is None):
        return None
    try:
        copied = copy_coded_pixels(source.image, kept, frames=len(frames.rasters))
    except MemoryError:
        return None
    return copied if copied and _fits(copied, output) else None


def _lossless_encoder(
    image: OpenedImage, frames: Frames, output: Output, chosen: ImageFormat, kept: KeptMetadata
) -> Callable[[], bytes] | None:
    """Return a function that encodes the frames without loss. None if no encoder of the format can."""
    if sample_bits(image) > _KEPT_BITS:
        return None
    match chosen:
        case ImageFormat.PNG:
            return lambda: png.encode(frames, output, kept)
        case ImageFormat.WEBP:
            quick = {"effort": 0, "quality": 1} if frames.pixels > _LARGE else {}
            exactly = output.model_copy(update={"lossless": True, **quick})
            return lambda: webp.encode(frames, exactly, kept, exact=True)
        case ImageFormat.TIFF:
            return lambda: tiff.bilevel(frames, kept) or tiff.encode(frames, output, kept)
        case ImageFormat.GIF if gif.loses_nothing(frames):
            return lambda: gif.encode(frames, output, kept)
        case _:
            return None


def _shorter(copied: bytes | None, make: Callable[[], bytes]) -> bytes:
    """Return the file that `make` makes, or the copied one if it is shorter or `make` fails."""
    if copied is None:
        return make()
    try:
        return min(make(), copied, key=len)
    except (OutputLimit, MemoryError):
        return copied


def _fits(data: bytes, output: Output) -> bool:
    return output.max_bytes is None or len(data) <= output.max_bytes
