"""Which layouts of TIFF some reader gets right."""

from typing import Final

from darkroom_processor.pipeline.tiff.layout import (
    BYTE_CODECS,
    JPEG,
    LAB,
    OLD_JPEG,
    THUNDERSCAN,
    Kind,
    Layout,
    Photometric,
)
from darkroom_processor.pipeline.tiff.refusals import COMPRESSIONS, described, named, refusal

_BILEVEL_CODECS: Final = frozenset({2, 3, 4, 32771})
"""The compressions of CCITT."""
_PICTURE_CODECS: Final = frozenset({OLD_JPEG, JPEG})
_BITS: Final = {
    Kind.UNSIGNED: frozenset({1, 2, 4, 8, 12, 16, 24, 32, 64}),
    Kind.SIGNED: frozenset({8, 16, 32, 64}),
    Kind.FLOAT: frozenset({16, 32, 64}),
}
"""Bits of a sample that `samples` reads, by the kind of the sample."""
_PREDICTORS: Final = {Kind.UNSIGNED: {1, 2}, Kind.SIGNED: {1, 2}, Kind.FLOAT: {1, 2, 3}}


def require_reader(layout: Layout) -> None:
    """Raise UnsupportedLayout unless some reader gets the layout right."""
    what = described(layout)
    if layout.compression in _BILEVEL_CODECS or layout.compression == THUNDERSCAN:
        readable = layout.is_plain and layout.bits == (4 if layout.compression == THUNDERSCAN else 1)
    elif layout.compression in _PICTURE_CODECS:
        readable = _is_readable_as_jpeg(layout)
    elif layout.compression in BYTE_CODECS:
        readable = _has_readable_samples(layout)
    else:
        raise refusal(f"its compression is {named(layout.compression, COMPRESSIONS)}")
    if not readable:
        raise refusal(f"it has {what}")


def _is_readable_as_jpeg(layout: Layout) -> bool:
    if layout.photometric in LAB or layout.photometric == Photometric.PALETTE or layout.fill_order != 1:
        return False
    if layout.bits != 8 or layout.kind is not Kind.UNSIGNED or layout.extras:
        return False
    return not (layout.planar and layout.photometric == Photometric.YCBCR)


def _has_readable_samples(layout: Layout) -> bool:
    predictable = layout.predictor == 1 or layout.bits in {8, 16, 32, 64}
    if layout.bits not in _BITS[layout.kind] or layout.predictor not in _PREDICTORS[layout.kind] or not predictable:
        return False
    match layout.photometric:
        case Photometric.PALETTE:
            return layout.kind is Kind.UNSIGNED and layout.bits <= 8 and not layout.associated
        case Photometric.YCBCR:
            plain = layout.kind is Kind.UNSIGNED and layout.bits == 8 and layout.samples == 3
            return plain and not (layout.planar and layout.subsampled)
        case Photometric.CMYK | Photometric.CIELAB | Photometric.ICCLAB:
            return layout.kind is Kind.UNSIGNED and layout.bits in {8, 16} and layout.alpha is None
        case _:
            # What is stretched from its own extremes leaves nothing to hold alpha against.
            return layout.kind is not Kind.SIGNED or layout.alpha is None
