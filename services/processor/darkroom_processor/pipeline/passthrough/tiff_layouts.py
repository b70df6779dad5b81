"""Which layouts of TIFF common readers get right, and the tags of such a page.

Pillow stands for common readers. It opens what its table `OPEN_INFO` lists, and gets some of that wrong (see
`tiff.layout`).
"""

from typing import Final

from darkroom_processor.pipeline.tiff.layout import UNASSOCIATED, Kind, Layout, Photometric
from darkroom_processor.pipeline.tiff.tags import Tags

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_SAMPLES, _PLANES, _PREDICTOR, _SUBSAMPLING = 277, 284, 317, 530
_COLOR_MAP, _EXTRA_SAMPLES, _SAMPLE_FORMAT = 320, 338, 339
_JPEG: Final = 7
_PLAIN_EXTRAS: Final = frozenset({0, 1, 2})


def is_common(layout: Layout) -> bool:
    """Whether common readers open a page of this layout, and see in it what it means."""
    if layout.fill_order != 1:
        return False
    if layout.is_plain or _is_one_grey(layout):
        return True
    if layout.planar and layout.samples > 1:
        plain = layout.photometric == Photometric.RGB and layout.samples == 3
        return plain and layout.bits == 8 and layout.kind is Kind.UNSIGNED and layout.compression != _JPEG
    if layout.photometric == Photometric.YCBCR:
        return layout.compression == _JPEG
    return layout.photometric == Photometric.PALETTE and layout.samples == 1


def page_tags(layout: Layout, tags: Tags) -> dict[int, tuple[int, ...]]:
    """The tags that tell this layout, but for where its strips or tiles lie. None of them is nonsense."""
    told = {
        _WIDTH: layout.size[:1],
        _HEIGHT: layout.size[1:],
        _BITS: (layout.bits,) * layout.samples,
        _COMPRESSION: (layout.compression,),
        _PHOTOMETRIC: (layout.photometric,),
        _SAMPLES: (layout.samples,),
        _PLANES: (2 if layout.planar and layout.samples > 1 else 1,),
        _PREDICTOR: (layout.predictor,),
        _EXTRA_SAMPLES: _extras(layout),
        _SAMPLE_FORMAT: () if layout.kind is Kind.UNSIGNED else (layout.kind.value,) * layout.samples,
    }
    if layout.photometric == Photometric.PALETTE:
        told[_COLOR_MAP] = _color_map(layout, tags)
    if layout.photometric == Photometric.YCBCR:
        told[_SUBSAMPLING] = numbers_of(tags, _SUBSAMPLING)
    return {tag: numbers for tag, numbers in told.items() if numbers}


def numbers_of(tags: Tags, tag: int) -> tuple[int, ...]:
    """The whole numbers of a tag, of four bytes at most."""
    value = tags.get(tag, ())
    values = value if isinstance(value, tuple) else (value,)
    return tuple(number for number in values if isinstance(number, int) and 0 <= number < 1 << 32)


def _is_one_grey(layout: Layout) -> bool:
    """Whether it has one sample a pixel, which readers leave as deep as it is."""
    if layout.samples != 1 or layout.photometric != Photometric.BLACK_IS_ZERO:
        return False
    if layout.kind is Kind.UNSIGNED:
        return layout.bits == 16
    # Of packed numbers with the highest byte first Pillow makes others.
    return layout.order == "little" and layout.bits in ({32} if layout.kind is Kind.FLOAT else {16, 32})


def _extras(layout: Layout) -> tuple[int, ...]:
    if layout.alpha is not None and not layout.extras:
        return (UNASSOCIATED,)
    return tuple(extra if extra in _PLAIN_EXTRAS else UNASSOCIATED * (extra == 999) for extra in layout.extras)


def _color_map(layout: Layout, tags: Tags) -> tuple[int, ...]:
    """Of full length: readers refuse others."""
    count = 3 << layout.bits
    numbers = tuple(number & 0xFFFF for number in numbers_of(tags, _COLOR_MAP))
    return (*numbers, *[0] * count)[:count]
