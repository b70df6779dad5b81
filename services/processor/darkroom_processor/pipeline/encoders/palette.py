"""Pictures with a palette."""

import struct
from typing import Final

from PIL import Image

MOST_COLORS: Final = 256
_MOST_PIXELS: Final = 4_000_000
"""Up to which an exact palette is looked for: it is made in Python, at some 40 ms a megapixel."""


def exact(image: Image.Image) -> Image.Image | None:
    """The same picture with a palette; None when it has more than 256 colours, or is grey already."""
    if image.mode not in {"RGB", "RGBA"} or image.width * image.height > _MOST_PIXELS:
        return None
    if image.getcolors(MOST_COLORS) is None:
        return None
    packed = image.convert("RGBA").tobytes()
    pixels = memoryview(packed).cast("I")
    # Transparent colours first: a PNG stores alpha only up to the last colour that has some.
    colors = sorted({struct.pack("=I", pixel) for pixel in set(pixels)}, key=lambda color: (color[3] == 255, color))
    index = {struct.unpack("=I", color)[0]: number for number, color in enumerate(colors)}
    indexed = Image.frombytes("P", image.size, bytes(map(index.__getitem__, pixels)))
    indexed.putpalette(b"".join(color[:3] for color in colors))
    if image.mode == "RGBA":
        indexed.info["transparency"] = bytes(color[3] for color in colors if color[3] != 255)
    return indexed


def reduced(image: Image.Image, colors: int) -> Image.Image:
    """The picture with at most so many colours, dithered where it is opaque."""
    if image.mode.endswith("A"):
        return image.convert("RGBA").quantize(colors, Image.Quantize.FASTOCTREE)
    opaque = image.convert("RGB")
    chosen = opaque.quantize(colors, Image.Quantize.MEDIANCUT)
    return opaque.quantize(palette=chosen, dither=Image.Dither.FLOYDSTEINBERG)
