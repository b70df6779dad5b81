"""Copies the coded pixels of a source into a new file, with only the metadata that the recipe keeps.

There is one module for each format. It takes the file apart, and writes a new file from the parts that a decoder needs
for the pixels. Parts of other kinds, and bytes before, after or between the parts, are not copied. Pixels are decoded
only where a palette is stripped of unused colours. The time is linear in the bytes, and the memory is that of the new
file. A module returns None for a file that it cannot take apart safely; then the variant is encoded.
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


def copy_coded_pixels(source: OpenedImage, kept: KeptMetadata, *, frames: int) -> bytes | None:
    """Return the first `frames` frames of a source in a new file of the format `copied_format`. None if not possible.

    The caller must check that the source needs no rotation, crop or colour conversion.
    """
    maker = _MAKERS.get(source.format)
    return maker(source, kept, frames) if maker else None


_MAKERS: Final[Mapping[ImageFormat, Callable[[OpenedImage, KeptMetadata, int], bytes | None]]] = MappingProxyType(
    {
        ImageFormat.JPEG: lambda source, kept, _: jpeg.copy_coded_pixels(source.data, kept),
        ImageFormat.PNG: lambda source, kept, frames: png.copy_coded_pixels(source.data, kept, frames=frames),
        ImageFormat.WEBP: lambda source, kept, frames: webp.copy_coded_pixels(source.data, kept, frames=frames),
        ImageFormat.AVIF: lambda source, kept, frames: avif.copy_coded_pixels(source.data, kept, frames=frames),
        ImageFormat.GIF: lambda source, _, frames: gif.copy_coded_pixels(source.data, frames=frames),
        ImageFormat.PPM: lambda source, kept, _: ppm.to_png(source.data, kept),
        ImageFormat.TIFF: lambda source, kept, _: tiff.copy_coded_pixels(source.data, _tags(source), kept),
    }
)


def copied_format(source: ImageFormat) -> ImageFormat:
    """Return the format that `copy_coded_pixels` writes for a source of this format."""
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
    """Return the bits of a sample in the file; 8 for formats whose samples have at most eight."""
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
