"""The layouts of TIFF that common readers decode correctly, and the tags of a page with such a layout.

Pillow stands for common readers. It opens what its table `OPEN_INFO` lists, and decodes some of that wrong (see
`tiff.layout`).
"""

from typing import Final

from darkroom_processor.pipeline.tiff.layout import UNASSOCIATED, Compression, Kind, Layout, Photometric
from darkroom_processor.pipeline.tiff.tag import Tag
from darkroom_processor.pipeline.tiff.tags import Tags

_PLAIN_EXTRAS: Final = frozenset({0, 1, 2})


def is_common(layout: Layout) -> bool:
    """Whether common readers open a page of this layout and decode it correctly."""
    if layout.fill_order != 1:
        return False
    if layout.is_plain or _is_one_grey(layout):
        return True
    if layout.planar and layout.samples > 1:
        plain = layout.photometric == Photometric.RGB and layout.samples == 3
        return plain and layout.bits == 8 and layout.kind is Kind.UNSIGNED and layout.compression != Compression.JPEG
    if layout.photometric == Photometric.YCBCR:
        return layout.compression == Compression.JPEG
    return layout.photometric == Photometric.PALETTE and layout.samples == 1


def page_tags(layout: Layout, tags: Tags) -> dict[int, tuple[int, ...]]:
    """Return the tags that describe this layout, all valid, except those that locate strips or tiles."""
    numbers = {
        Tag.IMAGE_WIDTH: layout.size[:1],
        Tag.IMAGE_LENGTH: layout.size[1:],
        Tag.BITS_PER_SAMPLE: (layout.bits,) * layout.samples,
        Tag.COMPRESSION: (layout.compression,),
        Tag.PHOTOMETRIC_INTERPRETATION: (layout.photometric,),
        Tag.SAMPLES_PER_PIXEL: (layout.samples,),
        Tag.PLANAR_CONFIGURATION: (2 if layout.planar and layout.samples > 1 else 1,),
        Tag.PREDICTOR: (layout.predictor,),
        Tag.EXTRA_SAMPLES: _extras(layout),
        Tag.SAMPLE_FORMAT: () if layout.kind is Kind.UNSIGNED else (layout.kind.value,) * layout.samples,
    }
    if layout.photometric == Photometric.PALETTE:
        numbers[Tag.COLOR_MAP] = _color_map(layout, tags)
    if layout.photometric == Photometric.YCBCR:
        numbers[Tag.YCBCR_SUBSAMPLING] = numbers_of(tags, Tag.YCBCR_SUBSAMPLING)
    return {tag: values for tag, values in numbers.items() if values}


def numbers_of(tags: Tags, tag: int) -> tuple[int, ...]:
    """Return the whole numbers of a tag that fit into four bytes without a sign. Empty if it has none."""
    value = tags.get(tag, ())
    values = value if isinstance(value, tuple) else (value,)
    return tuple(number for number in values if isinstance(number, int) and 0 <= number < 1 << 32)


def _is_one_grey(layout: Layout) -> bool:
    """Whether it has one grey sample a pixel, of a kind whose depth readers keep."""
    if layout.samples != 1 or layout.photometric != Photometric.BLACK_IS_ZERO:
        return False
    if layout.kind is Kind.UNSIGNED:
        return layout.bits == 16
    # Pillow decodes compressed big-endian numbers wrong.
    return layout.order == "little" and layout.bits in ({32} if layout.kind is Kind.FLOAT else {16, 32})


def _extras(layout: Layout) -> tuple[int, ...]:
    if layout.alpha is not None and not layout.extras:
        return (UNASSOCIATED,)
    return tuple(extra if extra in _PLAIN_EXTRAS else UNASSOCIATED * (extra == 999) for extra in layout.extras)


def _color_map(layout: Layout, tags: Tags) -> tuple[int, ...]:
    """Return the colour map in its full length, because readers refuse other lengths."""
    count = 3 << layout.bits
    numbers = tuple(number & 0xFFFF for number in numbers_of(tags, Tag.COLOR_MAP))
    return (*numbers, *[0] * count)[:count]
