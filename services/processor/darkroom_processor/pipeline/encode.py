"""Writes a picture in a variant's output format. Nothing of the source's metadata is in it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PIL import Image

from darkroom.formats import ImageFormat
from darkroom.recipes import Output, OutputFormat
from darkroom_processor.pipeline.encoders import avif, gif, jpeg, png, tiff, webp
from darkroom_processor.pipeline.raster import Raster

Encoder = Callable[[Image.Image, Output], bytes]

_ENCODERS: Mapping[ImageFormat, Encoder] = MappingProxyType(
    {
        ImageFormat.JPEG: jpeg.encode,
        ImageFormat.PNG: png.encode,
        ImageFormat.WEBP: webp.encode,
        ImageFormat.AVIF: avif.encode,
        ImageFormat.GIF: gif.encode,
        ImageFormat.TIFF: tiff.encode,
    }
)
# What `same` means for formats that are read only.
_STAND_INS = {
    ImageFormat.JPEG2000: ImageFormat.JPEG,
    ImageFormat.BMP: ImageFormat.PNG,
    ImageFormat.ICO: ImageFormat.PNG,
    ImageFormat.PPM: ImageFormat.PNG,
}


def choose_format(output: Output, source: ImageFormat, *, has_alpha: bool) -> ImageFormat:
    """The format to write, for a source of this format and a picture with or without transparency."""
    match output.format:
        case OutputFormat.SAME:
            return _STAND_INS.get(source, source)
        case OutputFormat.AUTO:
            return ImageFormat.PNG if has_alpha else ImageFormat.JPEG
        case chosen:
            return ImageFormat(chosen.value)


def encode(raster: Raster, output: Output, image_format: ImageFormat) -> bytes:
    """The file's bytes. Raises what the encoder raises, which is for want of memory only."""
    return _ENCODERS[image_format](raster.straight, output)
