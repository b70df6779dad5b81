"""Reduces images to a palette."""

import struct
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageStat

from darkroom.planner.geometry import Size

MOST_COLORS: Final = 256
_MOST_PIXELS: Final = 4_000_000
"""Most pixels of an image that gets an exact palette: the palette is made in Python, at about 40 ms a megapixel."""
_OPAQUE: Final = 255
_FAINT_SHARE: Final = 8
"""One colour in this many, at least, is for partly transparent pixels, if there are any: the edges of a cut-out."""


def is_exact(image: Image.Image, most: int) -> bool:
    """Return whether an `RGB` or `RGBA` image has at most `most` colours, and few enough pixels to count them."""
    if image.mode not in {"RGB", "RGBA"} or image.width * image.height > _MOST_PIXELS:
        return False
    # The middle row is looked at on its own: of most images it already has too many colours.
    middle = image.crop((0, image.height // 2, image.width, image.height // 2 + 1))
    return middle.getcolors(most) is not None and image.getcolors(most) is not None


def exact(image: Image.Image, most: int = MOST_COLORS) -> Image.Image | None:
    """Return the same pixels with a palette; None if they have too many colours, or are grey."""
    if not is_exact(image, most):
        return None
    packed = image.convert("RGBA").tobytes()
    pixels = memoryview(packed).cast("I")
    # Transparent colours come first: a PNG stores alpha only up to the last colour that is not opaque.
    colors = sorted({struct.pack("=I", pixel) for pixel in set(pixels)}, key=lambda color: (color[3] == 255, color))
    index = {struct.unpack("=I", color)[0]: number for number, color in enumerate(colors)}
    indexed = Image.frombytes("P", image.size, bytes(map(index.__getitem__, pixels)))
    indexed.putpalette(b"".join(color[:3] for color in colors))
    if image.mode == "RGBA":
        indexed.info["transparency"] = bytes(color[3] for color in colors if color[3] != 255)
    return indexed


def reduced(image: Image.Image, colors: int) -> Image.Image:
    """Return the image with at most `colors` colours, dithered where it is opaque.

    Pillow dithers only opaque images. So the opaque part of a cut-out is reduced like an opaque image, and its edges
    get colours of their own. An image whose pixels are mostly partly transparent is reduced as a whole.
    """
    if not image.mode.endswith("A"):
        return _dithered(image.convert("RGB"), colors)
    levels = image.getchannel("A").histogram()
    opaque, seen = levels[_OPAQUE], sum(levels[1:])
    if opaque <= seen / 2:
        return image.convert("RGBA").quantize(colors, Image.Quantize.FASTOCTREE)
    for_faint = _colors_for_faint(colors, (seen - opaque) / seen)
    mask = image.getchannel("A").point([0] * _OPAQUE + [255])
    faint = image.convert("RGBA")
    faint.paste((0, 0, 0, 0), mask=mask)
    faint = faint.quantize(for_faint, Image.Quantize.FASTOCTREE)
    return _joined(faint, _dithered(_filled(image.convert("RGB"), mask), colors - for_faint), mask)


def reduced_alike(images: Sequence[Image.Image], colors: int) -> list[Image.Image]:
    """Return images of one size and mode with one palette of at most `colors` colours for all of them."""
    return _cut(reduced(_column(images), colors), images[0].size)


def exactly_alike(images: Sequence[Image.Image], colors: int) -> list[Image.Image] | None:
    """Do the same without loss; return None if the images have more colours together."""
    if images[0].width * images[0].height * len(images) > _MOST_PIXELS:
        return None
    indexed = exact(_column(images), colors)
    return None if indexed is None else _cut(indexed, images[0].size)


def cut_out(image: Image.Image, seen: Image.Image, colors: int) -> Image.Image:
    """Return an opaque image with at most `colors` colours. The last is transparent, where `seen` is zero."""
    indexed = _dithered(_filled(image, seen), max(2, colors) - 1)
    nothing = 1 + max(index for index, pixels in enumerate(indexed.histogram()) if pixels)
    indexed.putpalette([*(indexed.getpalette() or [])[: 3 * nothing], 0, 0, 0])
    indexed.paste(nothing, mask=seen.point([255] + [0] * 255))
    indexed.info["transparency"] = nothing
    return indexed


def _column(images: Sequence[Image.Image]) -> Image.Image:
    """Stack images of one size and mode, one below the other."""
    if len(images) == 1:
        return images[0]
    width, height = images[0].size
    column = Image.new(images[0].mode, (width, height * len(images)))
    for number, image in enumerate(images):
        column.paste(image, (0, height * number))
    return column


def _cut(column: Image.Image, size: Size) -> list[Image.Image]:
    """Take a stack of images of this size apart."""
    width, height = size
    return [column.crop((0, top, width, top + height)) for top in range(0, column.height, height)]


def _colors_for_faint(colors: int, part: float) -> int:
    """Return how many colours partly transparent pixels get, which are this `part` of the visible ones.

    One of these colours is full transparency.
    """
    wanted = 1 + max(round(part * colors), -(-colors // _FAINT_SHARE)) if part else 1
    return min(wanted, colors - 1)


def _filled(image: Image.Image, seen: Image.Image) -> Image.Image:
    """Fill the image with its mean colour where it is not seen, so that invisible pixels use up no colours."""
    mean = tuple(round(level) for level in ImageStat.Stat(image, seen).mean)
    filled = Image.new("RGB", image.size, (mean[0], mean[1], mean[2]))
    filled.paste(image, mask=seen)
    return filled


def _dithered(image: Image.Image, colors: int) -> Image.Image:
    """Return an opaque image with at most `colors` colours, exactly if it has no more."""
    same = exact(image, colors)
    if same is not None:
        return same
    chosen = image.quantize(colors, Image.Quantize.MEDIANCUT)
    return image.quantize(palette=chosen, dither=Image.Dither.FLOYDSTEINBERG)


def _joined(faint: Image.Image, opaque: Image.Image, mask: Image.Image) -> Image.Image:
    """Join two images and their palettes. The mask tells where the opaque one is shown."""
    colors = bytes(faint.getpalette("RGBA") or [])
    first = len(colors) // 4
    shifted = opaque.tobytes().translate(bytes(min(index + first, 255) for index in range(256)))
    joined = faint.copy()
    joined.paste(Image.frombytes("P", opaque.size, shifted), mask=mask)
    faint_rgb = b"".join(colors[at : at + 3] for at in range(0, len(colors), 4))
    joined.putpalette(faint_rgb + bytes(opaque.getpalette() or []))
    joined.info["transparency"] = colors[3::4]
    return joined
