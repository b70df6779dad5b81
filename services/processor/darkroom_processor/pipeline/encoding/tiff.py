"""TIFF."""

from typing import Any, Final

from PIL import ExifTags, Image

from darkroom.recipes import Output
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.pillow_save import save
from darkroom_processor.pipeline.pixels.frames import Frames

_HORIZONTAL: Final = 2
_ONE_STRIP: Final = 1 << 30
"""Bytes of a strip, which no picture has."""


def encode(strip: Frames, output: Output, kept: KeptMetadata) -> bytes:  # noqa: ARG001 - TIFF has no knobs
    """The first picture without loss, by Deflate with horizontal prediction."""
    return _saved(strip.images[0], kept, "tiff_adobe_deflate", _HORIZONTAL)


def bilevel(strip: Frames, kept: KeptMetadata) -> bytes | None:
    """The first picture with one bit a pixel, packed as by a fax machine or by Deflate; None unless it is bilevel."""
    image = strip.images[0]
    if image.mode != "L" or any(image.histogram()[1:255]):
        return None
    bits = image.convert("1", dither=Image.Dither.NONE)
    # One strip, because packing begins again with each.
    return min((_saved(bits, kept, name, strip_size=_ONE_STRIP) for name in ("group4", "tiff_adobe_deflate")), key=len)


def _saved(
    image: Image.Image, kept: KeptMetadata, compression: str, predictor: int | None = None, **options: Any
) -> bytes:
    tags = texts_of(kept.exif)
    if predictor:
        tags[ExifTags.Base.Predictor] = predictor
    if kept.xmp:
        tags[ExifTags.Base.XMLPacket] = kept.xmp
    if kept.icc:
        options["icc_profile"] = kept.icc
    return save([image], "TIFF", compression=compression, tiffinfo=tags, **options)


def texts_of(exif: bytes) -> Image.Exif:
    """The texts of the first directory: the writer knows no others below it, and stumbles over unusual values."""
    tags, texts = Image.Exif(), Image.Exif()
    if exif:
        tags.load(exif)
    for tag, value in tags.items():
        if isinstance(value, str):
            texts[tag] = value
    return texts
