"""Writes WebP."""

from typing import Final

from darkroom.formats import ImageFormat
from darkroom.recipes import DEFAULT_QUALITY, Output
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.pillow_save import as_rgb, save, timing
from darkroom_processor.pipeline.pixels.frames import Frames

# libwebp's method (0 to 6) for each effort from 0 to 9. Method 3 takes twice as long as 2 and saves 4 % of the bytes;
# 3 takes as long as 4.
_METHODS: Final = (0, 0, 1, 2, 2, 4, 4, 5, 6, 6)
# libwebp's VP8_ENC_ERROR_OUT_OF_MEMORY and VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY, as Pillow reports them.
_OUT_OF_MEMORY: Final = ("encoding error 1", "encoding error 2")
_FLAGS_AT: Final = 20
_ALPHA: Final = 0x10


def encode(frames: Frames, output: Output, kept: KeptMetadata, *, exact: bool = False) -> bytes:
    """Write a WebP, without loss if the output asks for it.

    Even without loss, fully transparent pixels keep their colours only with `exact`.
    """
    try:
        data = save(
            map(as_rgb, frames.images),
            "WEBP",
            quality=output.quality or DEFAULT_QUALITY[ImageFormat.WEBP],
            lossless=output.lossless,
            exact=exact,
            method=_METHODS[output.effort],
            **timing(frames),
            **kept.options(),
        )
    except ValueError as error:
        if str(error) in _OUT_OF_MEMORY:
            raise MemoryError from error
        raise
    return _with_alpha_flag(data) if frames.is_animated and frames.has_alpha else data


def _with_alpha_flag(data: bytes) -> bytes:
    """Return the file with the flag that says that it has transparency (RFC 9649, section 2.7.1.1).

    libwebp writes only the visible part of a frame. When all these parts are opaque it leaves the flag out, and some
    viewers then show black around them.
    """
    if data[12:16] != b"VP8X":
        return data
    return data[:_FLAGS_AT] + bytes([data[_FLAGS_AT] | _ALPHA]) + data[_FLAGS_AT + 1 :]
