"""Writes variants without operations: the smaller of what an encoder makes and of the source's own data.

A source that was coded without loss is written without loss, or goes out as its own data. These are kept only if the
source had neither to be turned nor converted.
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
from darkroom_processor.pipeline.passthrough import is_lossless, own_file, own_format, sample_bits
from darkroom_processor.pipeline.pixels.frames import Frames

_KEPT_BITS: Final = 8
"""Bits of a sample that encoders keep."""
_LARGE: Final = 8_000_000
"""Pixels, all frames counted, above which WebP without loss is written quickly, or an image would take too long."""


@dataclass(frozen=True, kw_only=True)
class Original:
    """A source that is written again."""

    source: OpenedImage
    is_untouched: bool
    """Whether it was neither turned nor converted: its own data show what is to be written."""


def rewritten(original: Original, strip: Frames, output: Output, chosen: ImageFormat, kept: KeptMetadata) -> bytes:
    """The file's bytes. Raises OutputLimit when they cannot be as few as the recipe allows."""
    own = _own_file(original, strip, output, chosen, kept)
    if output.colors is not None or not is_lossless(original.source):
        return _shorter(own, lambda: encode(strip, output, chosen, kept))
    exact = _without_loss(original.source, strip, output, chosen, kept)
    if exact and not (own and strip.pixels > _LARGE and chosen is ImageFormat.WEBP):
        own = _shorter(own, exact)
    if own and _fits(own, output):
        return own
    # No encoder can do without loss, or not in so few bytes.
    return encode(strip, output.model_copy(update={"lossless": output.max_bytes is None}), chosen, kept)


def _own_file(
    original: Original, strip: Frames, output: Output, chosen: ImageFormat, kept: KeptMetadata
) -> bytes | None:
    """The source's own data, if they are what the recipe asks for."""
    if not original.is_untouched or chosen is not own_format(original.source.format):
        return None
    if output.colors is not None and (strip.is_animated or strip.images[0].getcolors(output.colors) is None):
        return None
    try:
        own = own_file(original.source, kept, frames=len(strip.rasters))
    except MemoryError:
        return None
    return own if own and _fits(own, output) else None


def _without_loss(
    source: OpenedImage, strip: Frames, output: Output, chosen: ImageFormat, kept: KeptMetadata
) -> Callable[[], bytes] | None:
    """What encodes the picture without loss; None when nothing does."""
    if sample_bits(source) > _KEPT_BITS:
        return None
    match chosen:
        case ImageFormat.PNG:
            return lambda: png.encode(strip, output, kept)
        case ImageFormat.WEBP:
            quick = {"effort": 0, "quality": 1} if strip.pixels > _LARGE else {}
            exactly = output.model_copy(update={"lossless": True, **quick})
            return lambda: webp.encode(strip, exactly, kept, exact=True)
        case ImageFormat.TIFF:
            return lambda: tiff.bilevel(strip, kept) or tiff.encode(strip, output, kept)
        case ImageFormat.GIF if gif.loses_nothing(strip):
            return lambda: gif.encode(strip, output, kept)
        case _:
            return None


def _shorter(own: bytes | None, make: Callable[[], bytes]) -> bytes:
    """What is made, or the source's own data where these are shorter or nothing can be made."""
    if own is None:
        return make()
    try:
        return min(make(), own, key=len)
    except (OutputLimit, MemoryError):
        return own


def _fits(data: bytes, output: Output) -> bool:
    return output.max_bytes is None or len(data) <= output.max_bytes
