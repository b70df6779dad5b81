"""The source's own coded pixels in a new file, with nothing besides but the metadata that a recipe keeps.

One module a format. A module takes the file apart, and writes a new one of the parts that a decoder needs for the
picture: what stands before, behind or between these, and parts of any other kind, do not get into it. It decodes no
pixel of true colour, takes time linear in the bytes, and needs memory for the new file. It returns None for a file that
it does not understand well enough; then the picture is encoded.
"""

from darkroom.formats import ImageFormat
from darkroom_processor.pipeline.gate import Source
from darkroom_processor.pipeline.keep import Kept
from darkroom_processor.pipeline.passthrough import avif, gif, jpeg, png, webp


def own_file(source: Source, kept: Kept, *, frames: int) -> bytes | None:
    """The first so many frames of a source in a new file; None if there can be no such.

    Whether the source is upright, and its colours are what they seem, is for the caller to know.
    """
    match source.format:
        case ImageFormat.JPEG:
            return jpeg.own_file(source.data, kept)
        case ImageFormat.PNG:
            return png.own_file(source.data, kept, frames=frames)
        case ImageFormat.WEBP:
            return webp.own_file(source.data, kept, frames=frames)
        case ImageFormat.AVIF:
            return avif.own_file(source.data, kept, frames=frames)
        case ImageFormat.GIF:
            return gif.own_file(source.data, frames=frames)
        case _:
            return None


def is_lossless(source: Source) -> bool:
    """Whether the source was coded without loss."""
    match source.format:
        case ImageFormat.JPEG | ImageFormat.JPEG2000 | ImageFormat.TIFF:
            return False
        case ImageFormat.AVIF:
            return avif.is_lossless(source.data)
        case ImageFormat.WEBP:
            return webp.is_lossless(source.data)
        case _:
            return True


def sample_bits(source: Source) -> int:
    """Bits of a sample of one channel in the file, as far as there may be more than eight."""
    return png.depth(source.data) if source.format is ImageFormat.PNG else 8
