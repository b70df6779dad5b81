"""Puts the source's own coded pixels into a new file, with no other metadata than a recipe keeps.

One module a format. A module takes the file apart, and writes a new one of the parts that a decoder needs for the
picture: what stands before, behind or between these, and parts of any other kind, do not get into it. It decodes no
pixel of true colour, takes time linear in the bytes, and needs memory for the new file. It returns None for a file that
it does not understand well enough; then the picture is encoded.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from PIL.TiffImagePlugin import TiffImageFile

from darkroom.formats import ImageFormat
from darkroom_processor.pipeline.encoding.kept_metadata import KeptMetadata
from darkroom_processor.pipeline.opening.open_image import OpenedImage
from darkroom_processor.pipeline.passthrough import avif, gif, jpeg, png, ppm, tiff, webp
from darkroom_processor.pipeline.tiff.tags import Tags


def own_file(source: OpenedImage, kept: KeptMetadata, *, frames: int) -> bytes | None:
    """The first so many frames of a source in a new file, whose format is `own_format`; None if there can be no such.

    Whether the source is upright, and its colours are what they seem, is for the caller to know.
    """
    maker = _MAKERS.get(source.format)
    return maker(source, kept, frames) if maker else None


_MAKERS: Final[Mapping[ImageFormat, Callable[[OpenedImage, KeptMetadata, int], bytes | None]]] = MappingProxyType(
    {
        ImageFormat.JPEG: lambda source, kept, _: jpeg.own_file(source.data, kept),
        ImageFormat.PNG: lambda source, kept, frames: png.own_file(source.data, kept, frames=frames),
        ImageFormat.WEBP: lambda source, kept, frames: webp.own_file(source.data, kept, frames=frames),
        ImageFormat.AVIF: lambda source, kept, frames: avif.own_file(source.data, kept, frames=frames),
        ImageFormat.GIF: lambda source, _, frames: gif.own_file(source.data, frames=frames),
        ImageFormat.PPM: lambda source, kept, _: ppm.as_png(source.data, kept),
        ImageFormat.TIFF: lambda source, kept, _: tiff.own_file(source.data, _tags(source), kept),
    }
)


def own_format(source: ImageFormat) -> ImageFormat:
    """What `own_file` writes for a source of this format."""
    return ImageFormat.PNG if source is ImageFormat.PPM else source


def is_lossless(source: OpenedImage) -> bool:
    """Whether the source was coded without loss."""
    match source.format:
        case ImageFormat.JPEG | ImageFormat.JPEG2000:
            return False
        case ImageFormat.TIFF:
            return tiff.is_lossless(_tags(source))
        case ImageFormat.AVIF:
            return avif.is_lossless(source.data)
        case ImageFormat.WEBP:
            return webp.is_lossless(source.data)
        case _:
            return True


def sample_bits(source: OpenedImage) -> int:
    """Bits of a sample of one channel in the file, as far as there may be more than eight."""
    match source.format:
        case ImageFormat.PNG:
            return png.depth(source.data)
        case ImageFormat.PPM:
            return 16 if ppm.is_deep(source.data) else 8
        case ImageFormat.TIFF:
            return tiff.bits(_tags(source))
        case _:
            return 8


def _tags(source: OpenedImage) -> Tags:
    return source.pillow_image.tag_v2 if isinstance(source.pillow_image, TiffImageFile) else {}
