"""Image formats: their names, their media types, and how to recognise them."""

from enum import StrEnum
from typing import Final


class ImageFormat(StrEnum):
    """A format that Darkroom reads. The value is the public name."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    TIFF = "tiff"
    BMP = "bmp"
    AVIF = "avif"
    JPEG2000 = "jpeg2000"
    ICO = "ico"
    PPM = "ppm"

    @property
    def media_type(self) -> str:
        """Return the registered media type, as in Content-Type."""
        return _MEDIA_TYPES[self]

    @property
    def extension(self) -> str:
        """Return the usual file name extension, without a dot."""
        return _EXTENSIONS.get(self, self.value)

    @property
    def can_have_alpha(self) -> bool:
        """Return whether an image of this format can have transparency."""
        return self not in {ImageFormat.JPEG, ImageFormat.PPM}

    @property
    def can_have_frames(self) -> bool:
        """Return whether Darkroom reads more than one frame or page of a file of this format."""
        return self in _MOVING


_MOVING: Final = frozenset({ImageFormat.PNG, ImageFormat.WEBP, ImageFormat.GIF, ImageFormat.TIFF, ImageFormat.AVIF})
_MEDIA_TYPES: Final = {
    ImageFormat.JPEG: "image/jpeg",
    ImageFormat.PNG: "image/png",
    ImageFormat.WEBP: "image/webp",
    ImageFormat.GIF: "image/gif",
    ImageFormat.TIFF: "image/tiff",
    ImageFormat.BMP: "image/bmp",
    ImageFormat.AVIF: "image/avif",
    ImageFormat.JPEG2000: "image/jp2",
    ImageFormat.ICO: "image/vnd.microsoft.icon",
    ImageFormat.PPM: "image/x-portable-pixmap",
}
_EXTENSIONS: Final = {ImageFormat.JPEG: "jpg", ImageFormat.JPEG2000: "jp2"}

SNIFF_BYTES: Final = 32
"""Number of leading bytes that `sniff` needs."""

_MAGIC: Final = (
    (b"\xff\xd8\xff", ImageFormat.JPEG),
    (b"\x89PNG\r\n\x1a\n", ImageFormat.PNG),
    (b"GIF87a", ImageFormat.GIF),
    (b"GIF89a", ImageFormat.GIF),
    (b"II*\x00", ImageFormat.TIFF),
    (b"MM\x00*", ImageFormat.TIFF),
    (b"II+\x00\x08\x00\x00\x00", ImageFormat.TIFF),
    (b"MM\x00+\x00\x08\x00\x00", ImageFormat.TIFF),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", ImageFormat.JPEG2000),
    (b"\xff\x4f\xff\x51", ImageFormat.JPEG2000),
    (b"\x00\x00\x01\x00", ImageFormat.ICO),
)
_BMP_HEADERS: Final = frozenset({12, 40, 52, 56, 64, 108, 124})
"""Sizes of a BMP's second header, one for each version. `BM` alone is not enough: it also begins many texts."""
_AVIF_BRANDS: Final = (b"avif", b"avis")


def sniff(head: bytes) -> ImageFormat | None:
    """Return the format of a file by its first `SNIFF_BYTES` bytes; None if it is not supported.

    It does not use names and headers from the client, which can say anything.
    """
    for magic, image_format in _MAGIC:
        if head.startswith(magic):
            return image_format
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ImageFormat.WEBP
    if head[4:8] == b"ftyp" and _names_avif(head):
        return ImageFormat.AVIF
    if head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace():
        return ImageFormat.PPM
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return ImageFormat.BMP
    return None


def _names_avif(head: bytes) -> bool:
    """Return whether AVIF is the major brand or one of the first compatible brands (ISO/IEC 14496-12, section 4.3)."""
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, len(head), 4))]
    return any(brand in _AVIF_BRANDS for brand in brands)
