"""The gate: which bytes are let through to a decoder at all.

In this order: the magic bytes; what the file's structure announces; the decoder's own reading of the header, with the
format that the magic bytes told and no other; the limits once more on what it read. No pixel is decoded here, but for
those of an ICO: its plugin decodes as it opens, what is nested in it held to the pixel limit by Pillow (see `library`).
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageFile

from darkroom.errors import FrameLimit, MemoryLimit, TruncatedImage, UndecodableImage
from darkroom.formats import SNIFF_BYTES, ImageFormat, sniff
from darkroom.limits import MAX_ICC_BYTES, MAX_SCANS
from darkroom.making.bounds import check_picture
from darkroom.making.geometry import Size
from darkroom_processor.pipeline.avif_file import open_avif
from darkroom_processor.pipeline.headers import Survey, survey
from darkroom_processor.pipeline.headers.clap import Crop

_PILLOW_NAMES = {
    ImageFormat.JPEG: "JPEG",
    ImageFormat.PNG: "PNG",
    ImageFormat.WEBP: "WEBP",
    ImageFormat.GIF: "GIF",
    ImageFormat.TIFF: "TIFF",
    ImageFormat.BMP: "BMP",
    ImageFormat.AVIF: "AVIF",
    ImageFormat.JPEG2000: "JPEG2000",
    ImageFormat.ICO: "ICO",
    ImageFormat.PPM: "PPM",
}
# A JPEG with a multi-picture index is opened as MPO. Its first picture is the JPEG itself.
_ALSO_NAMED = {"MPO": "JPEG"}
# Formats whose plugins read the number of frames from the header, without walking the file.
_FRAMES_IN_HEADER = frozenset({ImageFormat.PNG, ImageFormat.AVIF})


@dataclass(frozen=True, kw_only=True)
class Source:
    """An image whose header was read and found acceptable."""

    data: bytes
    """The whole file."""
    image: ImageFile.ImageFile
    format: ImageFormat
    frames: int
    """Frames of an animation, or pages; at most `MOST_FRAMES_COUNTED`."""
    stored_size: Size
    """(width, height) before the EXIF orientation. Of an animation, the part of each frame that is seen: what reaches
    beyond it makes Pillow's image of a GIF larger while it is read. Of an AVIF, its crop."""
    crop: Crop | None = None
    """The part of the decoded picture that is the picture; None for all of it."""


def admit(data: bytes) -> Source:
    """Open the bytes of an image.

    Raises UndecodableImage, TruncatedImage, PixelLimit, FrameLimit or MemoryLimit, and whatever the format's plugin
    raises on a broken header (to be translated by `faults.decoding`).
    """
    image_format = sniff(data[:SNIFF_BYTES])
    if image_format is None:
        raise UndecodableImage("The bytes are of no image format that is accepted.")
    announced = survey(data, image_format)
    _check_structure(announced)
    image = _open(data, image_format)
    frames = int(getattr(image, "n_frames", 1)) if image_format in _FRAMES_IN_HEADER else announced.frames
    check_picture(image.size)
    _check_profile(image)
    crop = announced.crop
    size = (crop[2] - crop[0], crop[3] - crop[1]) if crop else image.size
    return Source(data=data, image=image, format=image_format, frames=frames, stored_size=size, crop=crop)


def _open(data: bytes, image_format: ImageFormat) -> ImageFile.ImageFile:
    name = _PILLOW_NAMES[image_format]
    image = open_avif(data) if image_format is ImageFormat.AVIF else Image.open(io.BytesIO(data), formats=[name])
    found = image.format or ""
    if _ALSO_NAMED.get(found, found) != name or not isinstance(image, ImageFile.ImageFile):
        raise UndecodableImage("The file is of another format than its first bytes say.")
    return image


def _check_structure(announced: Survey) -> None:
    check_picture((announced.width, announced.height))
    if announced.scans > MAX_SCANS:
        raise FrameLimit(f"The image has more than {MAX_SCANS} scans.", limit=MAX_SCANS)
    if announced.damaged:
        raise UndecodableImage("The file is damaged: a checksum is wrong.")
    if not announced.complete:
        raise TruncatedImage("The file is shorter than its header says.")
    if announced.fault:
        raise UndecodableImage(announced.fault)


def _check_profile(image: Image.Image) -> None:
    actual = len(image.info.get("icc_profile") or b"")
    if actual > MAX_ICC_BYTES:
        raise MemoryLimit(
            f"The colour profile has {actual} bytes; {MAX_ICC_BYTES} are read.", limit=MAX_ICC_BYTES, actual=actual
        )
