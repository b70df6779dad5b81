"""Errors for TIFFs whose layout cannot be decoded correctly."""

from collections.abc import Mapping
from typing import Final

from darkroom.errors import UnsupportedLayout
from darkroom_processor.pipeline.tiff.layout import Compression, Kind, Layout, Photometric


def described(layout: Layout) -> str:
    """Describe a layout in words."""
    kind = {Kind.UNSIGNED: "unsigned", Kind.SIGNED: "signed", Kind.FLOAT: "float"}[layout.kind]
    parts = [f"{layout.samples} × {layout.bits} bits ({kind}) as {PHOTOMETRICS[layout.photometric]}"]
    if layout.alpha is not None:
        parts.append("with alpha")
    if layout.planar:
        parts.append("in planes")
    if layout.predictor != 1:
        parts.append(f"with predictor {layout.predictor}")
    return f"{' '.join(parts)}, compressed by {named(layout.compression, COMPRESSIONS)}"


def refusal(reason: str) -> UnsupportedLayout:
    """Return the error that refuses a layout. `reason` continues the sentence, such as `it has …`."""
    return UnsupportedLayout(
        f"Unsupported TIFF layout: {reason}. Save the image as grey or RGB with 8 or 16 bits a channel."
    )


def named(number: int, names: Mapping[int, str]) -> str:
    """Return a tag's value, followed by its name if it is known."""
    return f"{number} ({names[number]})" if number in names else str(number)


PHOTOMETRICS: Final = {
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
COMPRESSIONS: Final = {
    Compression.NONE: "none",
    2: "CCITT RLE",
    3: "CCITT G3",
    4: "CCITT G4",
    Compression.LZW: "LZW",
    Compression.OLD_JPEG: "old JPEG",
    Compression.JPEG: "JPEG",
    Compression.DEFLATE: "Deflate",
    9: "JBIG",
    10: "JBIG",
    32766: "NeXT",
    32771: "CCITT RLE of words",
    Compression.PACK_BITS: "PackBits",
    Compression.THUNDERSCAN: "ThunderScan",
    32908: "PixarFilm",
    32909: "PixarLog",
    Compression.OLD_DEFLATE: "Deflate",
    34661: "JBIG",
    34676: "SGI Log",
    34677: "SGI Log 24",
    34712: "JPEG 2000",
    34887: "LERC",
    Compression.LZMA: "LZMA",
    34934: "JPEG XR",
    Compression.ZSTANDARD: "Zstandard",
    50001: "WebP",
    50002: "JPEG XL",
}
