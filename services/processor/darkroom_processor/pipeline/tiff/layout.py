"""How the samples of a TIFF are stored in its file (TIFF 6.0; the supplements of 1995 and 2002)."""

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
    """The kind of number that a sample is: values of SampleFormat."""

    UNSIGNED = 1
    SIGNED = 2
    FLOAT = 3


class Compression:
    """Values of Compression."""

    NONE: Final = 1
    LZW: Final = 5
    OLD_JPEG: Final = 6
    """JPEG as in TIFF 6.0, section 22, which Technical Note 2 replaces by `JPEG`."""
    JPEG: Final = 7
    DEFLATE: Final = 8
    PACK_BITS: Final = 32773
    THUNDERSCAN: Final = 32809
    """Compresses 4-bit grey images."""
    OLD_DEFLATE: Final = 32946
    LZMA: Final = 34925
    ZSTANDARD: Final = 50000


ASSOCIATED: Final = 1
"""ExtraSamples: alpha, and the colours are multiplied by it."""
UNASSOCIATED: Final = 2
"""ExtraSamples: alpha, and the colours are not multiplied by it."""

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
"""Number of samples of a pixel that are colours, by PhotometricInterpretation."""
_GREY: Final = frozenset({Photometric.WHITE_IS_ZERO, Photometric.BLACK_IS_ZERO})
LAB: Final = frozenset({Photometric.CIELAB, Photometric.ICCLAB})

BYTE_CODECS: Final = frozenset(
    {
        Compression.NONE,
        Compression.LZW,
        Compression.DEFLATE,
        Compression.PACK_BITS,
        Compression.OLD_DEFLATE,
        Compression.LZMA,
        Compression.ZSTANDARD,
    }
)
"""Compressions that work on bytes, whatever the bytes mean. Others work on pixels of certain layouts."""
_PLAIN_EXTRAS: Final = frozenset({(), (0,), (1,), (2,)})


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the samples of one page are stored in its file."""

    size: Size
    """(width, height) in pixels as stored, before the orientation."""
    photometric: int
    kind: Kind
    bits: int
    """Bits of each sample. All samples have equally many."""
    samples: int
    """Samples of a pixel: colours first, then extra samples."""
    alpha: int | None
    """Index of the sample that is alpha, from 0; None without alpha."""
    associated: bool
    """Whether the colours are multiplied by alpha."""
    extras: tuple[int, ...]
    """The meaning of each extra sample: values of ExtraSamples."""
    planar: bool
    """Whether each sample has its own strips or tiles (PlanarConfiguration 2)."""
    subsampled: bool
    """Whether several pixels share their chroma. Only true for YCbCr."""
    compression: int
    predictor: int
    fill_order: int
    order: Literal["little", "big"]
    """Byte order of a sample."""

    @property
    def colors(self) -> int:
        """Number of samples that are colours."""
        return COLORS[self.photometric]

    @property
    def mode(self) -> str:
        """Pillow's mode for the pixels in the file, or the closest one."""
        if self.photometric in LAB:
            return "LAB"
        if self.colors == 1 and self.alpha is None and self.photometric != Photometric.PALETTE:
            return _one_channel(self)
        return _EIGHT_BITS[self.photometric] + ("" if self.alpha is None else "Aa"[self.associated])

    @property
    def is_plain(self) -> bool:
        """Whether Pillow decodes this layout correctly."""
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
