"""The layouts of TIFF that can be decoded correctly, by Pillow or by `samples`."""

from typing import Final

from darkroom_processor.pipeline.tiff.layout import BYTE_CODECS, LAB, Compression, Kind, Layout, Photometric
from darkroom_processor.pipeline.tiff.refusals import COMPRESSIONS, described, named, refusal

_BILEVEL_CODECS: Final = frozenset({2, 3, 4, 32771})
"""The compressions of CCITT."""
_JPEG_CODECS: Final = frozenset({Compression.OLD_JPEG, Compression.JPEG})
_BITS: Final = {
    Kind.UNSIGNED: frozenset({1, 2, 4, 8, 12, 16, 24, 32, 64}),
    Kind.SIGNED: frozenset({8, 16, 32, 64}),
    Kind.FLOAT: frozenset({16, 32, 64}),
}
"""Bits of a sample that `samples` reads, by the kind of the sample."""
_PREDICTORS: Final = {Kind.UNSIGNED: {1, 2}, Kind.SIGNED: {1, 2}, Kind.FLOAT: {1, 2, 3}}
"""Values of Predictor, by the kind of the sample: none, horizontal, floating-point."""


def require_supported(layout: Layout) -> None:
    """Raise UnsupportedLayout unless the layout can be decoded correctly."""
    what = described(layout)
    if layout.compression in _BILEVEL_CODECS:
        supported = layout.is_plain and layout.bits == 1
    elif layout.compression == Compression.THUNDERSCAN:
        supported = layout.is_plain and layout.bits == 4
    elif layout.compression in _JPEG_CODECS:
        supported = _is_supported_in_jpeg(layout)
    elif layout.compression in BYTE_CODECS:
        supported = _has_supported_samples(layout)
    else:
        raise refusal(f"its compression is {named(layout.compression, COMPRESSIONS)}")
    if not supported:
        raise refusal(f"it has {what}")


def _is_supported_in_jpeg(layout: Layout) -> bool:
    if layout.photometric in LAB or layout.photometric == Photometric.PALETTE or layout.fill_order != 1:
        return False
    if layout.bits != 8 or layout.kind is not Kind.UNSIGNED or layout.extras:
        return False
    return not (layout.planar and layout.photometric == Photometric.YCBCR)


def _has_supported_samples(layout: Layout) -> bool:
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
            # Signed samples are scaled between their own extremes, so their alpha has no fixed range.
            return layout.kind is not Kind.SIGNED or layout.alpha is None
