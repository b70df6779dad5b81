"""What a variant is likely to cost in CPU time: enough to tell milliseconds from seconds, and no more.

A variant costs the resampling of the source, by the source's size, and the encoding, by the size of what comes out:

    seconds = RESAMPLE × source megapixels + ENCODE[format] × output megapixels × encodes

and, for a watermark made of an image, OVERLAY × that image's megapixels.

The factors are of one core and Pillow 13. They are wrong by a factor of two or three for a given picture, so whoever
uses them leaves room for that.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from darkroom.jobs import Job, VariantResult
from darkroom.limits import MAX_PIXELS
from darkroom.recipes import AnyOperation, Crop, Fit, OutputFormat, Overlay, Resize, Variant

RESAMPLE_SECONDS: Final = 0.01
"""Each megapixel of the source, to bring it to the size asked for."""

OVERLAY_SECONDS: Final = 0.04
"""Each megapixel of an image that a watermark is made of, to decode it and to bring it to its size."""

ENCODE_SECONDS: Final = {
    OutputFormat.JPEG: 0.02,
    OutputFormat.PNG: 0.15,
    OutputFormat.WEBP: 0.1,
    OutputFormat.AVIF: 1.0,
    OutputFormat.GIF: 0.2,
    OutputFormat.TIFF: 0.02,
    OutputFormat.SAME: 0.1,
    OutputFormat.AUTO: 0.15,
}
"""Each megapixel written. What `same` and `auto` turn out to be is not known yet: they get a middle value."""

SEARCH_ENCODES: Final = 7
"""To find the quality that keeps to a number of bytes, by halving 1…100."""

_PIXELS_PER_BYTE: Final = 4
"""Of a photograph as JPEG; other formats have fewer."""


def source_megapixels(job: Job) -> float:
    """How large the job's source is: known once it was described, until then guessed from its bytes."""
    if job.description:
        return job.description.width * job.description.height / 1e6
    size = job.source.size if job.source else 0
    return min(size * _PIXELS_PER_BYTE, MAX_PIXELS) / 1e6


def variant_seconds(
    variant: Variant, megapixels: float, overlays: Mapping[Overlay, VariantResult] = MappingProxyType({})
) -> float:
    """CPU seconds to make this variant of a decoded source of so many megapixels; `overlays` are those known."""
    written = megapixels
    for operation in variant.operations:
        written = _megapixels_after(operation, written)
    encodes = SEARCH_ENCODES if variant.output.max_bytes else 1
    encoding = encodes * ENCODE_SECONDS[variant.output.format] * written
    laid_over = [overlays[overlay] for overlay in variant.overlays.values() if overlay in overlays]
    overlaying = OVERLAY_SECONDS * sum(result.width * result.height for result in laid_over) / 1e6
    return RESAMPLE_SECONDS * megapixels + encoding + overlaying


def _megapixels_after(operation: AnyOperation, megapixels: float) -> float:
    """The picture's size after an operation; only those matter that can change it by much."""
    match operation:
        case Resize():
            asked = _asked_megapixels(operation)
            grows = operation.enlarge or operation.fit is Fit.CONTAIN
            return asked if grows else min(asked, megapixels)
        case Crop(unit="fraction"):
            return megapixels * operation.width * operation.height
        case Crop():
            return min(megapixels, operation.width * operation.height / 1e6)
        case _:
            return megapixels


def _asked_megapixels(resize: Resize) -> float:
    """A side that is not given is taken to be as long as the other."""
    width = resize.width or resize.height or 0
    height = resize.height or width
    return width * height / 1e6
