"""Reads the tags of an EXIF block that people can read. Hostile blocks cost little and raise nothing."""

import math
from typing import Final

from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

Readable = str | int | float

_MOST_TAGS: Final = 64
_MOST_CHARACTERS: Final = 256
_MOST_NUMBERS: Final = 8
"""The most numbers of one tag, such as the four of LensSpecification."""

OF_THE_FILE: Final = frozenset(
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
"""Tags that describe the file that contains them: its orientation, and how its pixels are stored."""

# Binary data is of no use to people.
_LEFT_OUT: Final = OF_THE_FILE | {
    ExifTags.Base.MakerNote,
    ExifTags.Base.UserComment,
    ExifTags.Base.PrintImageMatching,
}


def readable_tags(exif: Image.Exif) -> dict[str, Readable]:
    """Return names and values of the tags in IFD0 and in the Exif IFD. Number and lengths are bounded.

    The GPS position is never among them.
    """
    tags: dict[str, Readable] = {}
    for directory in (exif, _directory(exif, ExifTags.IFD.Exif)):
        for tag in directory:
            name = ExifTags.TAGS.get(tag)
            if name is None or tag in _LEFT_OUT or len(tags) >= _MOST_TAGS:
                continue
            value = _value(directory, tag)
            if value is not None:
                tags[name] = value
    return tags


def has_position(exif: Image.Exif, xmp: bytes) -> bool:
    """Whether there are coordinates. Many cameras write a GPS IFD that contains only its version."""
    if b"exif:GPSLatitude" in xmp or b"exif:GPSLongitude" in xmp:
        return True
    directory = _directory(exif, ExifTags.IFD.GPSInfo)
    return ExifTags.GPS.GPSLatitude in directory or ExifTags.GPS.GPSLongitude in directory


def _directory(exif: Image.Exif, ifd: ExifTags.IFD) -> dict[int, object]:
    try:
        return dict(exif.get_ifd(ifd))
    except Exception:  # noqa: BLE001 - the parser raises almost any error on hostile blocks
        return {}


def _value(directory: "Image.Exif | dict[int, object]", tag: int) -> Readable | None:
    try:
        return _readable(directory[tag])
    except Exception:  # noqa: BLE001 - values are decoded only when they are read, and may be broken
        return None


def _readable(value: object) -> Readable | None:
    """Return the value as text or number. None if it is neither."""
    match value:
        case bool():
            return int(value)
        case int():
            return value if abs(value) < 2**63 else None
        case float() | IFDRational():
            number = float(value)
            return number if math.isfinite(number) else None
        case str():
            return _printable(value) or None
        case tuple() if 0 < len(value) <= _MOST_NUMBERS:
            parts = [_readable(part) for part in value]
            return ", ".join(str(part) for part in parts) if None not in parts else None
        case _:
            return None


def _printable(text: str) -> str:
    return "".join(character for character in text[:_MOST_CHARACTERS] if character.isprintable()).strip()
