"""TIFF."""

from typing import Final

from PIL import ExifTags, Image

from darkroom.recipes import Output
from darkroom_processor.pipeline.encoders.saving import save
from darkroom_processor.pipeline.keep import Kept
from darkroom_processor.pipeline.strip import Strip

_HORIZONTAL: Final = 2


def encode(strip: Strip, output: Output, kept: Kept) -> bytes:  # noqa: ARG001 - TIFF has no knobs
    """The first picture without loss, by Deflate with horizontal prediction."""
    tags = _texts(kept.exif)
    tags[ExifTags.Base.Predictor] = _HORIZONTAL
    if kept.xmp:
        tags[ExifTags.Base.XMLPacket] = kept.xmp
    options = {"icc_profile": kept.icc} if kept.icc else {}
    return save(strip.images[:1], "TIFF", compression="tiff_adobe_deflate", tiffinfo=tags, **options)


def _texts(exif: bytes) -> Image.Exif:
    """The texts of the first directory: the writer knows no others below it, and stumbles over unusual values."""
    tags, texts = Image.Exif(), Image.Exif()
    if exif:
        tags.load(exif)
    for tag, value in tags.items():
        if isinstance(value, str):
            texts[tag] = value
    return texts
