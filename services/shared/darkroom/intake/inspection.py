"""The checks of a file while its bytes pass: their number, the format, and the image's size in pixels."""

import hashlib
import io
from typing import Final

import imagesize  # type: ignore[import-untyped]  # It has annotations, and no marker that says so.

from darkroom import camera_raw
from darkroom.errors import ImageTooLarge, MalformedRequest, UnsupportedMediaType, UploadTooLarge
from darkroom.formats import SNIFF_BYTES, ImageFormat, sniff
from darkroom.limits import MAX_PIXELS
from darkroom.tiff_directories import TiffStream

HEAD_BYTES: Final = 128 * 1024
"""How many bytes are searched for the image's size. Headers are seldom longer."""

_PPM_HEAD_BYTES: Final = 1024
"""A limit, because reading the digits of a PPM header takes quadratic time."""
_BMP_HEADER_SIZE: Final = slice(14, 18)
_BMP_INFO_HEADER_BYTES: Final = 40


class Inspection:
    """Checks a file as its bytes pass, and refuses it as soon as there is a reason.

    Raises UploadTooLarge, UnsupportedMediaType and ImageTooLarge, and MalformedRequest for an empty file.
    """

    def __init__(self, *, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._digest = hashlib.sha256()
        self._head = bytearray()
        self._measured = False
        self._tiff = TiffStream()
        self.size = 0
        """Bytes seen."""
        self.format: ImageFormat | None = None
        """The format; None until the 32nd byte or the end of the file."""

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes seen, hexadecimal."""
        return self._digest.hexdigest()

    def see(self, data: bytes) -> None:
        """Check the next bytes."""
        self.size += len(data)
        if self.size > self._max_bytes:
            raise too_large(self.size, limit=self._max_bytes)
        self._digest.update(data)
        self._follow_directories(data)
        if self._measured:
            return
        self._head += data[: HEAD_BYTES - len(self._head)]
        if self.format is None and len(self._head) >= SNIFF_BYTES:
            self.format = _sniffed(self._head)
        if len(self._head) == HEAD_BYTES:
            self.end()

    def end(self) -> ImageFormat:
        """End the checks, because the file has ended or its head is long enough. Return the format."""
        if self.size == 0:
            raise MalformedRequest("The file is empty.")
        if self.format is None:
            self.format = _sniffed(self._head)
        if not self._measured:
            _require_pixels_within_limit(self.format, bytes(self._head))
            self._measured = True
            self._head.clear()
        return self.format

    def _follow_directories(self, data: bytes) -> None:
        """Find the size in a TIFF's directories, which may lie anywhere in the file, even at its end."""
        walk = self._tiff.walk
        if walk.wanted is None:
            return
        self._tiff.see(data)
        if walk.raw is not None:
            raise UnsupportedMediaType(camera_raw.refusal(walk.raw))
        require_size_within_limit(walk.width, walk.height)


def too_large(actual: int, *, limit: int) -> UploadTooLarge:
    """Return the error for an upload over the limit of bytes."""
    return UploadTooLarge(f"An upload may have at most {limit} bytes.", limit=limit, actual=actual)


def _sniffed(head: bytearray) -> ImageFormat:
    image_format = sniff(bytes(head[:SNIFF_BYTES]))
    if image_format is None:
        raw = camera_raw.by_magic(bytes(head[:SNIFF_BYTES]))
        if raw is not None:
            raise UnsupportedMediaType(camera_raw.refusal(raw))
        known = ", ".join(image_format.value for image_format in ImageFormat)
        raise UnsupportedMediaType(f"Unsupported image format. Supported: {known}.")
    return image_format


def _require_pixels_within_limit(image_format: ImageFormat, head: bytes) -> None:
    """Refuse an image that announces too many pixels. The processor checks images whose size is not found here."""
    require_size_within_limit(*_dimensions(image_format, head))


def require_size_within_limit(width: int, height: int) -> None:
    """Raise ImageTooLarge for an image of too many pixels."""
    pixels = width * height
    if pixels > MAX_PIXELS:
        raise ImageTooLarge(
            f"The image has {width} × {height} pixels. At most {MAX_PIXELS} are allowed.",
            limit=MAX_PIXELS,
            actual=pixels,
        )


def _dimensions(image_format: ImageFormat, head: bytes) -> tuple[int, int]:
    """Return (width, height) in pixels as stored; (0, 0) if the head does not contain them."""
    if image_format is ImageFormat.PPM:
        head = head[:_PPM_HEAD_BYTES]
    if image_format is ImageFormat.TIFF or (image_format is ImageFormat.BMP and not _has_info_header(head)):
        return 0, 0
    # The rotation is left out: it does not change the product, and a crafted file can make the search take minutes.
    width, height = imagesize.get(io.BytesIO(head), exif_rotation=False)
    return (width, height) if width > 0 and height > 0 else (0, 0)


def _has_info_header(head: bytes) -> bool:
    """Say whether a BMP has the usual header. `imagesize` misreads the 16-bit sizes of the OS/2 header."""
    return int.from_bytes(head[_BMP_HEADER_SIZE], "little") >= _BMP_INFO_HEADER_BYTES
