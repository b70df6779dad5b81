"""TIFF."""

import io

from PIL import Image

from darkroom.recipes import Output


def encode(image: Image.Image, output: Output) -> bytes:  # noqa: ARG001 - TIFF has no knobs; all encoders look alike
    """Without loss, by Deflate with horizontal prediction."""
    out = io.BytesIO()
    image.save(out, "TIFF", compression="tiff_adobe_deflate", tiffinfo={317: 2})
    return out.getvalue()
