"""AVIF."""

import io

from PIL import Image

from darkroom.formats import ImageFormat
from darkroom.recipes import DEFAULT_QUALITY, Output

# libavif's speed by effort 0 to 9. Below 4 a picture takes many seconds.
_SPEEDS = (10, 9, 8, 7, 6, 6, 5, 5, 4, 4)


def encode(image: Image.Image, output: Output) -> bytes:
    """As near to no loss as the encoder gets, if asked for: quality 100 and colours at full resolution."""
    out = io.BytesIO()
    quality = 100 if output.lossless else output.quality or DEFAULT_QUALITY[ImageFormat.AVIF]
    image.convert("RGBA" if image.mode.endswith("A") else "RGB").save(
        out,
        "AVIF",
        quality=quality,
        speed=_SPEEDS[output.effort],
        subsampling="4:4:4" if output.lossless else "4:2:0",
        max_threads=1,
    )
    return out.getvalue()
