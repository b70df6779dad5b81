"""What of a source's metadata goes into a result, when a variant asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from PIL import ExifTags, Image, ImageCms

from darkroom.recipes import KeepMetadata

_MOST_BYTES: Final = 65_000
"""Of an EXIF block: what a JPEG segment can hold."""


_OF_THE_FILE: Final = frozenset(
    {
        ExifTags.Base.Orientation,
        ExifTags.Base.ExifOffset,
        ExifTags.Base.GPSInfo,
        ExifTags.Base.NewSubfileType,
        ExifTags.Base.SubfileType,
        ExifTags.Base.ImageWidth,
        ExifTags.Base.ImageLength,
        ExifTags.Base.BitsPerSample,
        ExifTags.Base.Compression,
        ExifTags.Base.PhotometricInterpretation,
        ExifTags.Base.FillOrder,
        ExifTags.Base.StripOffsets,
        ExifTags.Base.SamplesPerPixel,
        ExifTags.Base.RowsPerStrip,
        ExifTags.Base.StripByteCounts,
        ExifTags.Base.PlanarConfiguration,
        ExifTags.Base.Predictor,
        ExifTags.Base.ColorMap,
        ExifTags.Base.TileWidth,
        ExifTags.Base.TileLength,
        ExifTags.Base.TileOffsets,
        ExifTags.Base.TileByteCounts,
        ExifTags.Base.SubIFDs,
        ExifTags.Base.ExtraSamples,
        ExifTags.Base.SampleFormat,
        ExifTags.Base.JPEGTables,
        ExifTags.Base.JPEGProc,
        ExifTags.Base.JpegIFOffset,
        ExifTags.Base.JpegIFByteCount,
        ExifTags.Base.YCbCrSubSampling,
        ExifTags.Base.YCbCrPositioning,
        ExifTags.Base.ReferenceBlackWhite,
        ExifTags.Base.XMLPacket,
        ExifTags.Base.ImageResources,
        ExifTags.Base.InterColorProfile,
    }
)


@dataclass(frozen=True)
class Kept:
    """Metadata for an encoder."""

    exif: bytes = b""
    icc: bytes = b""

    def options(self) -> dict[str, bytes]:
        """As options of Pillow's `save`: what there is, and nothing else."""
        return {name: value for name, value in (("exif", self.exif), ("icc_profile", self.icc)) if value}


def keep(choice: KeepMetadata, exif: Image.Exif) -> Kept:
    """What is kept of this EXIF block. A broken or overlong block is left away as a whole."""
    match choice:
        case KeepMetadata.NONE:
            return Kept()
        case KeepMetadata.ICC:
            return Kept(icc=_srgb())
        case KeepMetadata.COPYRIGHT:
            return Kept(_block(_copyright, exif), _srgb())
        case KeepMetadata.ALL:
            return Kept(_block(_all, exif), _srgb())


@cache
def _srgb() -> bytes:
    """The profile of every result; 600 bytes."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _copyright(exif: Image.Exif) -> Image.Exif:
    kept = Image.Exif()
    for tag in (ExifTags.Base.Artist, ExifTags.Base.Copyright):
        value = exif.get(tag)
        if isinstance(value, str) and value:
            kept[tag] = value
    return kept


def _all(exif: Image.Exif) -> Image.Exif:
    """Without what describes the file that the tags came from: its orientation, and where its pixels lie."""
    kept = Image.Exif()
    for tag, value in exif.items():
        if tag not in _OF_THE_FILE:
            kept[tag] = value
    for ifd in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        entries = exif.get_ifd(ifd)
        if entries:
            kept.get_ifd(ifd).update(entries)
    return kept


def _block(choose: Callable[[Image.Exif], Image.Exif], exif: Image.Exif) -> bytes:
    """The bytes of what is chosen; none when the source's block makes that impossible."""
    try:
        chosen = choose(exif)
        block = chosen.tobytes() if len(chosen) else b""
    except Exception:  # noqa: BLE001 - values of an untrusted block are unpacked here, which raises nearly everything
        return b""
    return block if len(block) <= _MOST_BYTES else b""
