"""Opens a file with Pillow's plugin for its format, which reads the header.

Some faults in side information are left to the plugin by `cleaning`. They are no reason to refuse a file here.
"""

import io
from contextlib import suppress
from typing import Any, Final

from PIL import Image, ImageFile
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from darkroom.errors import UndecodableImage
from darkroom.formats import ImageFormat
from darkroom.limits import MAX_ICC_BYTES
from darkroom_processor.pipeline.animations import apng
from darkroom_processor.pipeline.cleaning import jpeg
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned
from darkroom_processor.pipeline.containers import png
from darkroom_processor.pipeline.containers.png_scanlines import with_valid_stream
from darkroom_processor.pipeline.opening.avif import open_avif
from darkroom_processor.pipeline.opening.jpeg2000_palette import correct_palette
from darkroom_processor.pipeline.tiff import TiffFile

_PILLOW_NAMES: Final = {
    ImageFormat.JPEG: "JPEG",
    ImageFormat.PNG: "PNG",
    ImageFormat.WEBP: "WEBP",
    ImageFormat.GIF: "GIF",
    ImageFormat.BMP: "BMP",
    ImageFormat.AVIF: "AVIF",
    ImageFormat.ICO: "ICO",
    ImageFormat.PPM: "PPM",
}


def open_with_plugin(cleaned: Cleaned, image_format: ImageFormat) -> ImageFile.ImageFile:
    """Return the image, its pixels not yet decoded. Faulty side information is left out.

    A colour profile of more than MAX_ICC_BYTES is dropped. Raises what the plugin raises on a broken header.
    """
    image = _open(cleaned.data, image_format)
    if not isinstance(image, ImageFile.ImageFile):
        raise UndecodableImage("The file has another format than its first bytes say.")
    if len(image.info.get("icc_profile") or b"") > MAX_ICC_BYTES:
        del image.info["icc_profile"]
    if cleaned.exif is not None:
        image.info["exif"] = cleaned.exif
    return image


def pop_xmp(image: Image.Image) -> bytes:
    """Remove the XMP packet from an opened image and return it; empty if there is none.

    With the packet, Pillow would turn the image by the orientation in it. Browsers do not.
    """
    packet = image.info.pop("xmp", None)
    return packet if isinstance(packet, bytes) else b""


def _open(data: bytes, image_format: ImageFormat) -> Image.Image:
    match image_format:
        case ImageFormat.JPEG:
            return _open_jpeg(data)
        case ImageFormat.AVIF:
            return open_avif(data)
        case ImageFormat.PNG:
            # The still image does not need the frames, and Pillow refuses the file for a fault in them.
            still = png.rewrite(data, lambda chunk: chunk.kind not in apng.CHUNKS)
            return _Png(still)
        case ImageFormat.TIFF:
            return TiffFile(data)
        case ImageFormat.JPEG2000:
            return _open_jpeg2000(data)
        case _:
            return Image.open(io.BytesIO(data), formats=[_PILLOW_NAMES[image_format]])


class _Png(PngImageFile):
    """A PNG that loads if all its rows are there, even if the end of the compressed stream is damaged."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        super().__init__(io.BytesIO(data))

    def load(self) -> Any:
        """Decode the pixels. Raises what Pillow raises when rows are missing."""
        try:
            return super().load()
        except OSError:
            sound = with_valid_stream(self._data)
            if sound is None:
                raise
        other = PngImageFile(io.BytesIO(sound))
        other.load()
        self.im, self.palette, self.info, self.tile = other.im, other.palette, other.info, []
        return super().load()


def _open_jpeg2000(data: bytes) -> Image.Image:
    image = Jpeg2KImageFile(io.BytesIO(data))
    correct_palette(image, data)
    return image


class _Jpeg(JpegImageFile):
    """A JPEG that opens even with a broken EXIF block. Of several images in one file, it is the first."""

    def _read_dpi_from_exif(self) -> None:
        packet = self.info.pop("xmp", None)
        # The parser raises nearly everything on hostile blocks.
        with suppress(Exception):
            super()._read_dpi_from_exif()
        if packet is not None:
            self.info["xmp"] = packet


def _open_jpeg(data: bytes) -> Image.Image:
    try:
        image = _Jpeg(io.BytesIO(data))
    except Exception:  # noqa: BLE001 - Pillow raises various errors on short application segments
        image = _Jpeg(io.BytesIO(jpeg.without_faults(data)))
    if not jpeg.is_profile([contents for name, contents in image.applist if name == "APP2"]):
        image.info.pop("icc_profile", None)
    return image
