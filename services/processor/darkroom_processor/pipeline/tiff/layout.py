"""What the tags of a TIFF say of its samples, and which reader serves (TIFF 6.0; the supplements of 1995 and 2002)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from darkroom.errors import UndecodableImage, UnsupportedLayout
from darkroom.making.geometry import Size


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
UNASSOCIATED: Final = 2

_COLORS: Final = {
    Photometric.WHITE_IS_ZERO: 1,
    Photometric.BLACK_IS_ZERO: 1,
    Photometric.RGB: 3,
    Photometric.PALETTE: 1,
    Photometric.CMYK: 4,
    Photometric.YCBCR: 3,
    Photometric.CIELAB: 3,
    Photometric.ICCLAB: 3,
}
"""How many samples are colours."""
_GREY: Final = frozenset({Photometric.WHITE_IS_ZERO, Photometric.BLACK_IS_ZERO})
_LAB: Final = frozenset({Photometric.CIELAB, Photometric.ICCLAB})
_UNDEFINED_FORMAT: Final = 4
_COREL_ALPHA: Final = 999
"""What Corel Draw 10 writes for an alpha channel."""
_MOST_SAMPLES: Final = 16

RAW: Final = 1
_OLD_JPEG: Final = 6
_JPEG: Final = 7
_THUNDERSCAN: Final = 32809
_BILEVEL_CODECS: Final = frozenset({2, 3, 4, 32771})
"""Those of CCITT."""
_PICTURE_CODECS: Final = frozenset({_OLD_JPEG, _JPEG})
BYTE_CODECS: Final = frozenset({RAW, 5, 8, 32773, 32946, 34925, 50000})
"""Compressions of bytes, whatever these mean: none, LZW, Deflate, PackBits, Deflate of old, LZMA, Zstandard."""
_BITS: Final = {
    Kind.UNSIGNED: frozenset({1, 2, 4, 8, 12, 16, 24, 32, 64}),
    Kind.SIGNED: frozenset({8, 16, 32, 64}),
    Kind.FLOAT: frozenset({16, 32, 64}),
}
"""Of samples that `samples` reads."""
_PREDICTORS: Final = {Kind.UNSIGNED: {1, 2}, Kind.SIGNED: {1, 2}, Kind.FLOAT: {1, 2, 3}}
_PLAIN_EXTRAS: Final = frozenset({(), (0,), (1,), (2,)})

Tags = Mapping[int, object]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How the samples of one page lie in its file."""

    size: Size
    """(width, height) as stored."""
    photometric: int
    kind: Kind
    bits: int
    """Of each sample: all have as many."""
    samples: int
    """Of a pixel: colours first, then the extra ones."""
    alpha: int | None
    """Which sample is the alpha channel."""
    associated: bool
    """Whether colours are multiplied by alpha."""
    extras: tuple[int, ...]
    planar: bool
    """Whether each sample has strips or tiles of its own."""
    subsampled: bool
    """Whether several pixels share their chroma; of YCbCr only."""
    compression: int
    predictor: int
    fill_order: int
    order: Literal["little", "big"]
    """Of the bytes of a sample."""

    @property
    def colors(self) -> int:
        """How many samples are colours."""
        return _COLORS[self.photometric]

    @property
    def mode(self) -> str:
        """Pillow's name of the pixel layout in the file, or of the one next to it."""
        if self.photometric in _LAB:
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


def layout_of(tags: Tags, order: Literal["little", "big"]) -> Layout:
    """Understand the tags of a page.

    Raises UnsupportedLayout for what no reader gets right, and UndecodableImage for tags that contradict each other.
    """
    compression = _number(tags, 259, 1)
    # Old JPEG is always YCbCr, whatever is said of it.
    photometric = Photometric.YCBCR if compression == _OLD_JPEG else _number(tags, 262, 0)
    if photometric not in _COLORS:
        raise _refusal(f"its PhotometricInterpretation is {_named(photometric, _PHOTOMETRICS)}")
    extras = _numbers(tags, 338)
    samples = _number(tags, 277, 3 if compression == _OLD_JPEG else 1)
    if not 0 < samples <= _MOST_SAMPLES:
        raise _refusal(f"it has {samples} samples a pixel; at most {_MOST_SAMPLES} are read")
    alpha, associated = _alpha(photometric, samples, extras)
    layout = Layout(
        size=(_number(tags, 256, 0), _number(tags, 257, 0)),
        photometric=photometric,
        kind=_kind(tags, samples),
        bits=_bits(tags, samples),
        samples=samples,
        alpha=alpha,
        associated=associated,
        extras=extras,
        planar=_number(tags, 284, 1) == 2,
        subsampled=photometric == Photometric.YCBCR and _numbers(tags, 530) != (1, 1),
        compression=compression,
        predictor=_number(tags, 317, 1),
        fill_order=_number(tags, 266, 1),
        order=order,
    )
    if min(layout.size) < 1:
        raise UndecodableImage("The TIFF has no pixels: its width or its height is missing.")
    _check(layout)
    return layout


def _check(layout: Layout) -> None:
    """Raises UnsupportedLayout unless there is a reader that gets it right."""
    what = _described(layout)
    if layout.compression in _BILEVEL_CODECS or layout.compression == _THUNDERSCAN:
        readable = layout.is_plain and layout.bits == (4 if layout.compression == _THUNDERSCAN else 1)
    elif layout.compression in _PICTURE_CODECS:
        readable = _is_readable_as_jpeg(layout)
    elif layout.compression in BYTE_CODECS:
        readable = _has_readable_samples(layout)
    else:
        raise _refusal(f"its compression is {_named(layout.compression, _COMPRESSIONS)}")
    if not readable:
        raise _refusal(f"it has {what}")


def _is_readable_as_jpeg(layout: Layout) -> bool:
    if layout.photometric in _LAB or layout.photometric == Photometric.PALETTE or layout.fill_order != 1:
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


def _alpha(photometric: int, samples: int, extras: tuple[int, ...]) -> tuple[int | None, bool]:
    """Which sample is alpha, if any is, and whether colours are multiplied by it."""
    colors = _COLORS[photometric]
    if samples == colors + 1 and photometric == Photometric.RGB and not extras:
        return colors, False  # Many writers leave ExtraSamples away.
    if colors + len(extras) != samples:
        raise _refusal(f"it has {samples} samples a pixel, of which its tags explain {colors + len(extras)}")
    for number, meaning in enumerate(extras, start=colors):
        if meaning in (ASSOCIATED, UNASSOCIATED, _COREL_ALPHA):
            return number, meaning == ASSOCIATED
    return None, False


def _kind(tags: Tags, samples: int) -> Kind:
    formats = set(_numbers(tags, 339)[:samples]) or {Kind.UNSIGNED.value}
    number = formats.pop()
    if formats:
        raise _refusal("its samples differ in their format")
    if number == _UNDEFINED_FORMAT:
        return Kind.UNSIGNED
    try:
        return Kind(number)
    except ValueError:
        raise _refusal(f"its SampleFormat is {_named(number, {5: 'complex integers', 6: 'complex floats'})}") from None


def _bits(tags: Tags, samples: int) -> int:
    bits = set(_numbers(tags, 258)[:samples]) or {1}
    if len(bits) > 1:
        raise _refusal(f"its samples differ in their bits: {', '.join(map(str, sorted(bits)))}")
    return bits.pop()


def _numbers(tags: Tags, tag: int) -> tuple[int, ...]:
    value = tags.get(tag, ())
    values = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(number, int) for number in values):
        raise UndecodableImage(f"Tag {tag} of the TIFF has no whole number.")
    return tuple(values)


def _number(tags: Tags, tag: int, default: int) -> int:
    return next(iter(_numbers(tags, tag)), default)


def _described(layout: Layout) -> str:
    kind = {Kind.UNSIGNED: "unsigned", Kind.SIGNED: "signed", Kind.FLOAT: "float"}[layout.kind]
    parts = [f"{layout.samples} × {layout.bits} bits ({kind}) as {_PHOTOMETRICS[layout.photometric]}"]
    if layout.alpha is not None:
        parts.append("with alpha")
    if layout.planar:
        parts.append("in planes")
    if layout.predictor != 1:
        parts.append(f"with predictor {layout.predictor}")
    return f"{' '.join(parts)}, compressed by {_named(layout.compression, _COMPRESSIONS)}"


def _refusal(reason: str) -> UnsupportedLayout:
    return UnsupportedLayout(
        f"This layout of TIFF is not read: {reason}. Save the picture as grey or RGB with 8 or 16 bits a channel."
    )


def _named(number: int, names: Mapping[int, str]) -> str:
    return f"{number} ({names[number]})" if number in names else str(number)


_PHOTOMETRICS: Final = {
    Photometric.WHITE_IS_ZERO: "WhiteIsZero",
    Photometric.BLACK_IS_ZERO: "BlackIsZero",
    Photometric.RGB: "RGB",
    Photometric.PALETTE: "palette",
    4: "transparency mask",
    Photometric.CMYK: "CMYK",
    Photometric.YCBCR: "YCbCr",
    Photometric.CIELAB: "CIELab",
    Photometric.ICCLAB: "ICCLab",
    10: "ITULab",
    32844: "LogL",
    32845: "LogLuv",
}
_COMPRESSIONS: Final = {
    RAW: "none",
    2: "CCITT RLE",
    3: "CCITT G3",
    4: "CCITT G4",
    5: "LZW",
    _OLD_JPEG: "old JPEG",
    _JPEG: "JPEG",
    8: "Deflate",
    9: "JBIG",
    10: "JBIG",
    32766: "NeXT",
    32771: "CCITT RLE of words",
    32773: "PackBits",
    _THUNDERSCAN: "ThunderScan",
    32908: "PixarFilm",
    32909: "PixarLog",
    32946: "Deflate",
    34661: "JBIG",
    34676: "SGI Log",
    34677: "SGI Log 24",
    34712: "JPEG 2000",
    34887: "LERC",
    34925: "LZMA",
    34934: "JPEG XR",
    50000: "Zstandard",
    50001: "WebP",
    50002: "JPEG XL",
}
