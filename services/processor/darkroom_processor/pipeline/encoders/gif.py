"""GIF."""

import io

from PIL import Image

from darkroom.recipes import Output

_COLORS = 256


def encode(image: Image.Image, output: Output) -> bytes:  # noqa: ARG001 - GIF has no knobs; all encoders look alike
    """The best 256 colours, dithered. Transparency is on or off."""
    out = io.BytesIO()
    _indexed(image).save(out, "GIF")
    return out.getvalue()


def _indexed(image: Image.Image) -> Image.Image:
    if image.mode == "L":
        return image
    if image.mode == "RGB":
        return image.quantize(_COLORS, Image.Quantize.MEDIANCUT)
    return image.convert("RGBA").quantize(_COLORS, Image.Quantize.FASTOCTREE)
