"""Writes TIFF."""

from typing import Any, Final

from PIL import ExifTags, Image

from darkroom.recipes import Output
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.pillow_save import save
from darkroom_processor.pipeline.pixels.frames import Frames

_HORIZONTAL: Final = 2
_ONE_STRIP: Final = 1 << 30
"""Bytes of a strip: more than any image has, so that there is a single strip."""


def encode(frames: Frames, output: Output, kept: KeptMetadata) -> bytes:  # noqa: ARG001 - TIFF has no options
    """Write the first frame without loss: Deflate with horizontal prediction."""
    return _saved(frames.images[0], kept, "tiff_adobe_deflate", _HORIZONTAL)


def bilevel(frames: Frames, kept: KeptMetadata) -> bytes | None:
    """Write the first frame with one bit a pixel, by CCITT Group 4 or Deflate. Return None if it is not bilevel."""
    image = frames.images[0]
    if image.mode != "L" or any(image.histogram()[1:255]):
        return None
    bits = image.convert("1", dither=Image.Dither.NONE)
    # A single strip, because compression starts again with each strip.
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
    """Return the texts of the first EXIF directory. Pillow writes no nested ones, and fails on unusual values."""
    tags, texts = Image.Exif(), Image.Exif()
    if exif:
        tags.load(exif)
    for tag, value in tags.items():
        if isinstance(value, str):
            texts[tag] = value
    return texts
