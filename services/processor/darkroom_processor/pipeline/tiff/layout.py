"""How the samples of a TIFF lie in its file (TIFF 6.0; the supplements of 1995 and 2002)."""

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from darkroom.planner.geometry import Size


class Photometric:
    """Values of PhotometricInterpretation."""

    WHITE_IS_ZERO: Final = 0
    BLACK_IS_ZERO: Final = 1
    RGB: Final = 2
    PALETTE: Final = 3
    CMYK: Final = 5
    YCBCR: Final = 6
    CIELAB: Final = 8
    ICCLAB: Final = 9


class Kind(Enum):
    """How the bits of a sample are to be understood: values of SampleFormat."""

    UNSIGNED = 1
    SIGNED = 2
    FLOAT = 3


ASSOCIATED: Final = 1
"""An extra sample that is alpha, with which the colours are multiplied."""
UNASSOCIATED: Final = 2
"""An extra sample that is alpha, with which the colours are not multiplied."""

COLORS: Final = {
    Photometric.WHITE_IS_ZERO: 1,
    Photometric.BLACK_IS_ZERO: 1,
    Photometric.RGB: 3,
    Photometric.PALETTE: 1,
    Photometric.CMYK: 4,
    Photometric.YCBCR: 3,
    Photometric.CIELAB: 3,
    Photometric.ICCLAB: 3,
}
"""How many samples of a pixel are colours."""
_GREY: Final = frozenset({Photometric.WHITE_IS_ZERO, Photometric.BLACK_IS_ZERO})
LAB: Final = frozenset({Photometric.CIELAB, Photometric.ICCLAB})

RAW: Final = 1
"""The compression of pixels that are not compressed."""
OLD_JPEG: Final = 6
JPEG: Final = 7
THUNDERSCAN: Final = 32809
"""A compression of grey pictures of 4 bits."""
BYTE_CODECS: Final = frozenset({RAW, 5, 8, 32773, 32946, 34925, 50000})
"""Compressions of bytes, whatever these mean: none, LZW, Deflate, PackBits, Deflate of old, LZMA, Zstandard."""
_PLAIN_EXTRAS: Final = frozenset({(), (0,), (1,), (2,)})


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the samples of one page lie in its file."""

    size: Size
    """(width, height) as stored."""
    photometric: int
    kind: Kind
    bits: int
    """Bits of each sample: all samples have as many."""
    samples: int
    """Samples of a pixel: colours first, then the extra ones."""
    alpha: int | None
    """Number of the sample that is the alpha channel, from 0; None without one."""
    associated: bool
    """Whether colours are multiplied by alpha."""
    extras: tuple[int, ...]
    """What each extra sample means: values of ExtraSamples."""
    planar: bool
    """Whether each sample has strips or tiles of its own."""
    subsampled: bool
    """Whether several pixels share their chroma; of YCbCr only."""
    compression: int
    predictor: int
    fill_order: int
    order: Literal["little", "big"]
    """Order of the bytes of a sample."""

    @property
    def colors(self) -> int:
        """How many samples are colours."""
        return COLORS[self.photometric]

    @property
    def mode(self) -> str:
        """Pillow's name of the pixel layout in the file, or of the one next to it."""
        if self.photometric in LAB:
            return "LAB"
        if self.colors == 1 and self.alpha is None and self.photometric != Photometric.PALETTE:
            return _one_channel(self)
        return _EIGHT_BITS[self.photometric] + ("" if self.alpha is None else "Aa"[self.associated])

    @property
    def is_plain(self) -> bool:
        """Whether Pillow reads it right."""
        if self.kind is not Kind.UNSIGNED or (self.planar and self.samples > 1):
            return False
        if self.bits in (1, 2, 4):
            return self.samples == 1 and self.photometric in _GREY
        if self.fill_order != 1:
            return False
        if self.bits == 16:
            return self.photometric == Photometric.RGB and self.extras in _PLAIN_EXTRAS
        return self.bits == 8 and self._is_plain_with_eight_bits()

    def _is_plain_with_eight_bits(self) -> bool:
        if self.photometric in _GREY:
            return self.samples == 1 or (self.photometric == Photometric.BLACK_IS_ZERO and self.extras in _PLAIN_EXTRAS)
        if self.photometric == Photometric.RGB:
            return len(self.extras) <= 3 and self.alpha in (None, 3) and not any(self.extras[1:])
        return self.photometric == Photometric.CMYK and self.samples == 4


_EIGHT_BITS: Final = {
    Photometric.WHITE_IS_ZERO: "L",
    Photometric.BLACK_IS_ZERO: "L",
    Photometric.RGB: "RGB",
    Photometric.PALETTE: "P",
    Photometric.CMYK: "CMYK",
    Photometric.YCBCR: "YCbCr",
}


def _one_channel(layout: Layout) -> str:
    if layout.kind is Kind.FLOAT:
        return "F"
    if layout.kind is Kind.UNSIGNED and layout.bits <= 16:
        return "1" if layout.bits == 1 else "L" if layout.bits <= 8 else "I;16"
    return "I"
