"""AVIF."""

from typing import Final

from darkroom.formats import ImageFormat
from darkroom.planner.encoder_effort import avif_effort
from darkroom.recipes import DEFAULT_QUALITY, Output, Subsampling
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.encoding.pillow_save import as_rgb, ensure_room, save, timing
from darkroom_processor.pipeline.pixels.frames import Frames

# libavif's speed by effort 0 to 9. Below 4 a picture takes many seconds.
_SPEEDS: Final = (10, 9, 8, 7, 6, 6, 5, 5, 4, 4)


# Bytes that libaom takes of a pixel, by the resolution of its colours; it crashes where there are fewer.
_BYTES_OF_GRAY: Final = 25
_BYTES: Final = {Subsampling.QUARTER: 35, Subsampling.HALF: 43, Subsampling.FULL: 52}


def encode(strip: Frames, output: Output, kept: KeptMetadata) -> bytes:
    """As near to no loss as the encoder gets, if asked for: quality 100 and colours at full resolution."""
    gray = strip.images[0].mode == "L"
    # Without being told, colours at full resolution: 3 % more bytes of a photo, and 5 dB on colourful edges.
    subsampling = Subsampling.FULL if output.lossless else output.subsampling or Subsampling.FULL
    ensure_room(strip.size[0] * strip.size[1] * (_BYTES_OF_GRAY if gray else _BYTES[subsampling]))
    return save(
        strip.images if gray else map(as_rgb, strip.images),
        "AVIF",
        quality=100 if output.lossless else output.quality or DEFAULT_QUALITY[ImageFormat.AVIF],
        speed=_SPEEDS[avif_effort(output.effort, strip.pixels)],
        subsampling="4:0:0" if gray else subsampling.value,
        max_threads=1,
        **timing(strip),
        **kept.options(),
    )
