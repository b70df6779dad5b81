"""JPEG."""

import io

from PIL import Image

from darkroom.formats import ImageFormat
from darkroom.recipes import DEFAULT_QUALITY, Output

_OPTIMIZED_FROM = 5
"""The effort from which Huffman tables are made for the picture: a second pass, for some per cent of the bytes."""


def encode(image: Image.Image, output: Output) -> bytes:
    """Transparency is laid on white: JPEG has none."""
    out = io.BytesIO()
    _opaque(image).save(
        out,
        "JPEG",
        quality=output.quality or DEFAULT_QUALITY[ImageFormat.JPEG],
        progressive=output.progressive,
        optimize=output.progressive or output.effort >= _OPTIMIZED_FROM,
    )
    return out.getvalue()


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode not in {"LA", "RGBA"}:
        return image
    colors = image.mode.removesuffix("A")
    white = Image.new(colors, image.size, "white")
    white.paste(image.convert(colors), mask=image.getchannel("A"))
    return white
