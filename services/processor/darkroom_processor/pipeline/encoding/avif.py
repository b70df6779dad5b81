"""Writes AVIF."""

from typing import Final

from darkroom.formats import ImageFormat
from darkroom.planner.encoder_effort import avif_effort
from darkroom.recipes import DEFAULT_QUALITY, Output, Subsampling
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.pillow_save import as_rgb, ensure_room, save, timing
from darkroom_processor.pipeline.pixels.frames import Frames

# libavif's speed for each effort from 0 to 9. Below speed 4, an image takes many seconds.
_SPEEDS: Final = (10, 9, 8, 7, 6, 6, 5, 5, 4, 4)
# Bytes of memory that libaom needs for each pixel, by chroma subsampling. It crashes when it does not get them.
_BYTES_OF_GRAY: Final = 25
_BYTES: Final = {Subsampling.QUARTER: 35, Subsampling.HALF: 43, Subsampling.FULL: 52}


def encode(frames: Frames, output: Output, kept: KeptMetadata) -> bytes:
    """Write an AVIF. `lossless` means quality 100 without chroma subsampling: the encoder has no exact mode."""
    gray = frames.images[0].mode == "L"
    # By default without chroma subsampling: a photo takes 3 % more bytes, and colourful edges gain 5 dB.
    subsampling = Subsampling.FULL if output.lossless else output.subsampling or Subsampling.FULL
    ensure_room(frames.size[0] * frames.size[1] * (_BYTES_OF_GRAY if gray else _BYTES[subsampling]))
    return save(
        frames.images if gray else map(as_rgb, frames.images),
        "AVIF",
        quality=100 if output.lossless else output.quality or DEFAULT_QUALITY[ImageFormat.AVIF],
        speed=_SPEEDS[avif_effort(output.effort, frames.pixels)],
        subsampling="4:0:0" if gray else subsampling.value,
        max_threads=1,
        **timing(frames),
        **kept.options(),
    )
