"""The quality that a variant is written with."""

from darkroom.formats import ImageFormat
from darkroom.recipes import DEFAULT_QUALITY, Output, Variant
from darkroom_processor.pipeline.decoding.decode import DecodedImage


def limit_quality(variant: Variant, decoded: DecodedImage) -> Output:
    """Return the variant's output, with no higher quality than the source has.

    This concerns only a JPEG that is rewritten without operations: a higher quality would take more bytes and show the
    same.
    """
    output, source_quality = variant.output, decoded.quality
    if source_quality is None or not variant.only_rewrites:
        return output
    wanted = output.quality or DEFAULT_QUALITY[ImageFormat.JPEG]
    return output.model_copy(update={"quality": min(source_quality, wanted)})
