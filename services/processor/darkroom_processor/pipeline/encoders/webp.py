"""WebP."""

from typing import Final

from darkroom.formats import ImageFormat
from darkroom.recipes import DEFAULT_QUALITY, Output
from darkroom_processor.pipeline.encoders.saving import as_rgb, save
from darkroom_processor.pipeline.keep import Kept
from darkroom_processor.pipeline.strip import Strip

# libwebp's method (0 to 6) by effort 0 to 9. From 2 to 3 the time doubles, for 4 % of the bytes; 3 costs as much as 4.
_METHODS: Final = (0, 0, 1, 2, 2, 4, 4, 5, 6, 6)


def encode(strip: Strip, output: Output, kept: Kept) -> bytes:
    """Without loss if asked for; the colours of fully transparent pixels are given up then."""
    return save(
        strip,
        "WEBP",
        as_rgb,
        quality=output.quality or DEFAULT_QUALITY[ImageFormat.WEBP],
        lossless=output.lossless,
        method=_METHODS[output.effort],
        **kept.options(),
    )
