"""Pictures with a palette."""

import struct
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageStat

from darkroom.planner.geometry import Size

MOST_COLORS: Final = 256
_MOST_PIXELS: Final = 4_000_000
"""Up to which an exact palette is looked for: it is made in Python, at some 40 ms a megapixel."""
_OPAQUE: Final = 255
_FAINT_PART: Final = 8
"""At least this part of the colours goes to what is half transparent, if anything is: the edges of a cut-out."""


def is_exact(image: Image.Image, most: int) -> bool:
    """Whether an `RGB` or `RGBA` picture has so few colours, and pixels, that it gets a palette without loss."""
    if image.mode not in {"RGB", "RGBA"} or image.width * image.height > _MOST_PIXELS:
        return False
    # One row of most pictures has more already, and spares a look at all the others.
    middle = image.crop((0, image.height // 2, image.width, image.height // 2 + 1))
    return middle.getcolors(most) is not None and image.getcolors(most) is not None


def exact(image: Image.Image, most: int = MOST_COLORS) -> Image.Image | None:
    """The same picture with a palette; None when it has more colours than may be, or is grey already."""
    if not is_exact(image, most):
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
    """The picture with at most so many colours, dithered where it is opaque.

    Pillow dithers opaque pictures alone. So of a cut-out the opaque part is reduced as such a picture is, and the rest,
    which is its edges, gets colours of its own. What is half transparent for the most part is reduced as a whole.
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
    """Pictures of one size and mode with one palette for all of them."""
    return _cut(reduced(_column(images), colors), images[0].size)


def exactly_alike(images: Sequence[Image.Image], colors: int) -> list[Image.Image] | None:
    """The same without loss; None when they have more colours together."""
    if images[0].width * images[0].height * len(images) > _MOST_PIXELS:
        return None
    indexed = exact(_column(images), colors)
    return None if indexed is None else _cut(indexed, images[0].size)


def cut_out(image: Image.Image, seen: Image.Image, colors: int) -> Image.Image:
    """An opaque picture with at most so many colours, of which the last is nothing at all, where it is not seen."""
    indexed = _dithered(_filled(image, seen), max(2, colors) - 1)
    nothing = 1 + max(index for index, pixels in enumerate(indexed.histogram()) if pixels)
    indexed.putpalette([*(indexed.getpalette() or [])[: 3 * nothing], 0, 0, 0])
    indexed.paste(nothing, mask=seen.point([255] + [0] * 255))
    indexed.info["transparency"] = nothing
    return indexed


def _column(images: Sequence[Image.Image]) -> Image.Image:
    """Pictures of one size and mode, one below the other."""
    if len(images) == 1:
        return images[0]
    width, height = images[0].size
    column = Image.new(images[0].mode, (width, height * len(images)))
    for number, image in enumerate(images):
        column.paste(image, (0, height * number))
    return column


def _cut(column: Image.Image, size: Size) -> list[Image.Image]:
    """The pictures of this size that were put into a column."""
    width, height = size
    return [column.crop((0, top, width, top + height)) for top in range(0, column.height, height)]


def _colors_for_faint(colors: int, part: float) -> int:
    """How many of the colours are for pixels that are not opaque, of those that are seen this part; one is nothing."""
    wanted = 1 + max(round(part * colors), -(-colors // _FAINT_PART)) if part else 1
    return min(wanted, colors - 1)


def _filled(image: Image.Image, seen: Image.Image) -> Image.Image:
    """The picture with its mean where it is not seen, so that what is not seen takes no colours."""
    mean = tuple(round(level) for level in ImageStat.Stat(image, seen).mean)
    filled = Image.new("RGB", image.size, (mean[0], mean[1], mean[2]))
    filled.paste(image, mask=seen)
    return filled


def _dithered(image: Image.Image, colors: int) -> Image.Image:
    """An opaque picture with at most so many colours; as it is when it has no more."""
    same = exact(image, colors)
    if same is not None:
        return same
    chosen = image.quantize(colors, Image.Quantize.MEDIANCUT)
    return image.quantize(palette=chosen, dither=Image.Dither.FLOYDSTEINBERG)


def _joined(faint: Image.Image, opaque: Image.Image, mask: Image.Image) -> Image.Image:
    """One picture and palette of two; the mask says where the opaque one is."""
    colors = bytes(faint.getpalette("RGBA") or [])
    first = len(colors) // 4
    shifted = opaque.tobytes().translate(bytes(min(index + first, 255) for index in range(256)))
    joined = faint.copy()
    joined.paste(Image.frombytes("P", opaque.size, shifted), mask=mask)
    faint_rgb = b"".join(colors[at : at + 3] for at in range(0, len(colors), 4))
    joined.putpalette(faint_rgb + bytes(opaque.getpalette() or []))
    joined.info["transparency"] = colors[3::4]
    return joined
