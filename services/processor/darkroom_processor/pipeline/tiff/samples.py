"""Turns the samples of a TIFF into an 8-bit picture, or into samples that common readers support."""

import struct
from array import array
from collections.abc import Callable
from functools import partial
from typing import Final

from PIL import Image, ImageChops

from darkroom_processor.pipeline.color.levels import clip_floats, floats_to_levels
from darkroom_processor.pipeline.tiff.chunks import Chunk, chunks
from darkroom_processor.pipeline.tiff.layout import Kind, Layout, Photometric
from darkroom_processor.pipeline.tiff.tag import Tag
from darkroom_processor.pipeline.tiff.tags import Tags

_RAW_MODES: Final = {
    (Kind.SIGNED, 8): ("F;8S", "F;8S"),
    (Kind.SIGNED, 16): ("F;16S", "F;16BS"),
    (Kind.SIGNED, 32): ("F;32S", "F;32BS"),
    (Kind.FLOAT, 32): ("F;32F", "F;32BF"),
    (Kind.FLOAT, 64): ("F;64F", "F;64BF"),
}
"""Pillow's raw modes for numbers that become floats: little-endian and big-endian."""
_TWELVE_BITS: Final = 4095
_Reader = Callable[[Chunk, Layout, int], Image.Image]
"""Makes an image of the samples of a chunk, side by side. The number is the samples of a pixel in the chunk."""
_SIGNED: Final = bytes(level ^ 0x80 for level in range(256))
"""Levels in offset binary, by their two's complement."""


def decode_page(data: bytes, tags: Tags, layout: Layout) -> Image.Image:
    """Decode a page into an 8-bit mode. Raises what `chunks` raises.

    The highest unsigned number is white; only the upper 8 bits are kept. Floats go from 0 to 1. If one is outside of
    that, all are scaled between the lowest and the highest. Signed numbers are always scaled so.
    """
    stored = _bands(data, tags, layout, _levels if layout.kind is Kind.UNSIGNED else _floats)
    colors, alpha = stored[: layout.colors], None if layout.alpha is None else stored[layout.alpha]
    if colors[0].mode == "F":
        colors = floats_to_levels(colors, bounded=layout.kind is Kind.FLOAT)
        alpha = alpha and clip_floats(alpha)
    bands = _interpreted(colors, tags, layout)
    if alpha is not None:
        bands.append(alpha)
    return bands[0] if len(bands) == 1 else Image.merge(_mode(layout, len(bands)), bands)


def sixteen_bit_samples(data: bytes, tags: Tags, layout: Layout) -> bytes:
    """Return unsigned samples of 12 bits or more as 16 bits each, little-endian: grey or RGB, then alpha. Black is 0.

    Only the upper 16 bits of a sample are kept. Grey with alpha becomes RGB with alpha, because common readers do not
    support 16-bit grey with alpha. Raises what `chunks` raises.
    """
    halves = [_bands(data, tags, layout, partial(_half, upper=upper)) for upper in (False, True)]
    colors = list(range(layout.colors)) * (3 if layout.alpha is not None and layout.colors == 1 else 1)
    wanted = colors if layout.alpha is None else [*colors, layout.alpha]
    made = bytearray(2 * len(wanted) * layout.size[0] * layout.size[1])
    for place, number in enumerate(wanted):
        inverted = layout.photometric == Photometric.WHITE_IS_ZERO and number == 0
        for upper, bands in enumerate(halves):
            levels = (ImageChops.invert(bands[number]) if inverted else bands[number]).tobytes()
            made[2 * place + upper :: 2 * len(wanted)] = levels
    return bytes(made)


def thirty_two_bit_samples(data: bytes, tags: Tags, layout: Layout) -> bytes:
    """Return signed numbers or floats, one sample a pixel, as 32 bits each, little-endian. Raises what `chunks` raises.

    64-bit floats lose precision. 64-bit signed numbers are not supported.
    """
    read = _whole_numbers if layout.kind is Kind.SIGNED else _floats
    return _bands(data, tags, layout, read)[0].tobytes()


def _mode(layout: Layout, bands: int) -> str:
    if layout.photometric in (Photometric.CIELAB, Photometric.ICCLAB):
        return "LAB"
    if layout.photometric == Photometric.CMYK:
        return "CMYK"
    opaque = "L" if bands <= 2 else "RGB"
    return opaque if layout.alpha is None else opaque + ("a" if layout.associated else "A")


def _interpreted(colors: list[Image.Image], tags: Tags, layout: Layout) -> list[Image.Image]:
    """Return the colours according to PhotometricInterpretation."""
    match layout.photometric:
        case Photometric.WHITE_IS_ZERO:
            return [ImageChops.invert(colors[0])]
        case Photometric.PALETTE:
            return [colors[0].point(table) for table in _tables(tags, layout.bits)]
        case Photometric.CIELAB:
            # In CIELab, a and b are signed. In ICCLab they have an offset, as in Pillow's mode.
            return [colors[0], *(band.point(list(_SIGNED)) for band in colors[1:])]
        case _:
            return colors


def _tables(tags: Tags, bits: int) -> list[list[int]]:
    """Return levels of red, green and blue by index. The specification wants 16 bits, but some writers use 8."""
    stored = tags.get(Tag.COLOR_MAP)
    numbers = [number for number in stored if isinstance(number, int)] if isinstance(stored, tuple) else []
    shift = 8 if max(numbers, default=0) > 255 else 0
    count = 1 << bits
    levels = [number >> shift & 255 for number in numbers] + [0] * (3 * count - len(numbers))
    return [(levels[part * count : (part + 1) * count] + [0] * 256)[:256] for part in range(3)]


def _bands(data: bytes, tags: Tags, layout: Layout, read: _Reader) -> list[Image.Image]:
    """Return an image of each sample that is a colour or alpha, and empty images for others.

    The mode is `L` for unsigned numbers, `I` for signed numbers if `read` is `_whole_numbers`, otherwise `F`.
    """
    wanted = [*range(layout.colors), *([] if layout.alpha is None else [layout.alpha])]
    mode = "L" if layout.kind is Kind.UNSIGNED else "I" if read is _whole_numbers else "F"
    bands = [Image.new(mode, layout.size) for _ in range(layout.samples)]
    for plane in wanted if layout.planar else [0]:
        for chunk in chunks(data, tags, layout, plane):
            for number, part in _split(chunk, layout, wanted, plane, read):
                bands[number].paste(part, (chunk.left, chunk.top))
    return bands


def _split(chunk: Chunk, layout: Layout, wanted: list[int], plane: int, read: _Reader) -> list[tuple[int, Image.Image]]:
    """Return the samples of a chunk as separate images, each with the index of the sample."""
    together = 1 if layout.planar else layout.samples
    samples = read(chunk, layout, together)
    if together == 1:
        return [(plane, samples)]
    size = chunk.width, chunk.height
    if samples.mode == "L":
        levels = samples.tobytes()
        return [(number, Image.frombytes("L", size, levels[number::together])) for number in wanted]
    floats = array("f", samples.tobytes())
    return [(number, Image.frombytes("F", size, floats[number::together].tobytes())) for number in wanted]


def _levels(chunk: Chunk, layout: Layout, together: int) -> Image.Image:
    """Read unsigned numbers as 8-bit levels, or as palette indexes. The chunk has `together` samples of a pixel."""
    size = chunk.width * together, chunk.height
    indexed = layout.photometric == Photometric.PALETTE
    match layout.bits:
        case 1 if not indexed:
            return Image.frombytes("1", size, chunk.rows).convert("L")
        case 1 | 2 | 4:
            mode = "P" if indexed else "L"
            unpacked = Image.frombytes(mode, size, chunk.rows, "raw", f"{mode};{layout.bits}")
            return Image.frombytes("L", size, unpacked.tobytes()) if indexed else unpacked
        case 12:
            deep = Image.frombytes("I;16", size, chunk.rows, "raw", "I;12").convert("I")
            return deep.point(lambda level: level * (255 / _TWELVE_BITS) + 0.5).convert("L")
        case bits:
            step = bits // 8
            return Image.frombytes("L", size, chunk.rows[0 if layout.order == "big" else step - 1 :: step])


def _half(chunk: Chunk, layout: Layout, together: int, *, upper: bool) -> Image.Image:
    """Read the upper or the lower byte of unsigned numbers that are converted to 16 bits."""
    size, step = (chunk.width * together, chunk.height), layout.bits // 8
    if layout.bits == 12:
        deep = Image.frombytes("I;16", size, chunk.rows, "raw", "I;12").tobytes("raw", "I;16")
        low, high = (Image.frombytes("L", size, deep[at::2]) for at in (0, 1))
        # The four lowest bits repeat the four highest, so that white stays white.
        first, second = (high, low.point(lambda bits: bits >> 4)) if upper else (low, high)
        return ImageChops.add(first.point([level << 4 & 255 for level in range(256)]), second)
    at = (0 if upper else 1) if layout.order == "big" else step - (1 if upper else 2)
    return Image.frombytes("L", size, chunk.rows[at::step])


def _whole_numbers(chunk: Chunk, layout: Layout, together: int) -> Image.Image:
    mark = "" if layout.order == "little" or layout.bits == 8 else "B"
    return Image.frombytes("I", (chunk.width * together, chunk.height), chunk.rows, "raw", f"I;{layout.bits}{mark}S")


def _floats(chunk: Chunk, layout: Layout, together: int) -> Image.Image:
    size, rows, bits = (chunk.width * together, chunk.height), chunk.rows, layout.bits
    little = layout.order == "little"
    if layout.kind is Kind.FLOAT and bits == 16:
        count = len(rows) // 2
        return Image.frombytes(
            "F", size, array("f", struct.unpack(f"{'<' if little else '>'}{count}e", rows)).tobytes()
        )
    if layout.kind is Kind.SIGNED and bits == 64:
        # A float has only 24 bits of precision, so the upper half is enough.
        rows, bits = array("I", rows)[1 if little else 0 :: 2].tobytes(), 32
    return Image.frombytes("F", size, rows, "raw", _RAW_MODES[layout.kind, bits][0 if little else 1])
