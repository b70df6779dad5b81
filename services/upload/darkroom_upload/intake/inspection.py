"""What is judged of a file while its bytes pass: how many they are, what they are, and how large the picture is."""

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
"""How far into the file the size of the picture is looked for; headers seldom go further."""

_PPM_HEAD_BYTES: Final = 1024
"""Reading the digits of a PPM header takes quadratic time."""
_BMP_HEADER_SIZE: Final = slice(14, 18)
_BMP_INFO_HEADER_BYTES: Final = 40


class Inspection:
    """Sees a file go by, once, and refuses it as soon as there is a reason to.

    Raises UploadTooLarge, UnsupportedMediaType and ImageTooLarge; MalformedRequest for a file without bytes.
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
        """Known from the 32nd byte on, or from the end of the file."""

    @property
    def sha256(self) -> str:
        """Of the bytes seen, in hexadecimal."""
        return self._digest.hexdigest()

    def see(self, data: bytes) -> None:
        """Look at the next bytes."""
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
        """Say that there are no more bytes, or enough of them. Returns the format."""
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
        """Those of a TIFF may lie anywhere in the file, its end included."""
        walk = self._tiff.walk
        if walk.wanted is None:
            return
        self._tiff.see(data)
        if walk.raw is not None:
            raise UnsupportedMediaType(camera_raw.refusal(walk.raw))
        require_size_within_limit(walk.width, walk.height)


def too_large(actual: int, *, limit: int) -> UploadTooLarge:
    """The error for more bytes than are taken."""
    return UploadTooLarge(f"An upload may have at most {limit} bytes.", limit=limit, actual=actual)


def _sniffed(head: bytearray) -> ImageFormat:
    image_format = sniff(bytes(head[:SNIFF_BYTES]))
    if image_format is None:
        raw = camera_raw.by_magic(bytes(head[:SNIFF_BYTES]))
        if raw is not None:
            raise UnsupportedMediaType(camera_raw.refusal(raw))
        known = ", ".join(image_format.value for image_format in ImageFormat)
        raise UnsupportedMediaType(f"The file is no image of a format that is read here. Formats: {known}.")
    return image_format


def _require_pixels_within_limit(image_format: ImageFormat, head: bytes) -> None:
    """Refuse what announces too many pixels. A size that is not found is left to the processor, which decodes."""
    require_size_within_limit(*_dimensions(image_format, head))


def require_size_within_limit(width: int, height: int) -> None:
    """Raises ImageTooLarge for a picture of more pixels than are accepted."""
    pixels = width * height
    if pixels > MAX_PIXELS:
        raise ImageTooLarge(
            f"The image has {width} × {height} pixels; at most {MAX_PIXELS} are processed.",
            limit=MAX_PIXELS,
            actual=pixels,
        )


def _dimensions(image_format: ImageFormat, head: bytes) -> tuple[int, int]:
    """Width and height in pixels as stored, (0, 0) when the head does not tell."""
    if image_format is ImageFormat.PPM:
        head = head[:_PPM_HEAD_BYTES]
    if image_format is ImageFormat.TIFF or (image_format is ImageFormat.BMP and not _has_info_header(head)):
        return 0, 0
    # Without the rotation: it does not change the product, and searching for it can be made to take minutes.
    width, height = imagesize.get(io.BytesIO(head), exif_rotation=False)
    return (width, height) if width > 0 and height > 0 else (0, 0)


def _has_info_header(head: bytes) -> bool:
    """Whether a BMP is of the usual kind: the OS/2 one has 16-bit sizes, which `imagesize` misreads."""
    return int.from_bytes(head[_BMP_HEADER_SIZE], "little") >= _BMP_INFO_HEADER_BYTES
