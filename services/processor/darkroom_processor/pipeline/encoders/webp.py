"""WebP."""

import io

from PIL import Image

from darkroom.formats import ImageFormat
from darkroom.recipes import DEFAULT_QUALITY, Output

# libwebp's method (0 to 6) by effort 0 to 9.
_METHODS = (0, 1, 2, 3, 4, 5, 5, 6, 6, 6)


def encode(image: Image.Image, output: Output) -> bytes:
    """Without loss if asked for; the colours of transparent pixels are given up then."""
    out = io.BytesIO()
    image.convert("RGBA" if image.mode.endswith("A") else "RGB").save(
        out,
        "WEBP",
        quality=output.quality or DEFAULT_QUALITY[ImageFormat.WEBP],
        lossless=output.lossless,
        method=_METHODS[output.effort],
    )
    return out.getvalue()
