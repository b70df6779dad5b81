"""Removes faults that would make a decoder refuse, or misread, a file that has all of its pixels.

Side information is everything that is not needed to decode the pixels: text, EXIF, XMP, profiles, resolutions, their
checksums, end markers. A fault in it is never a reason to refuse a file. It is removed before a decoder sees the file,
in time linear in the bytes, and with at most one copy of them.
"""

from collections.abc import Callable
from typing import Final

from darkroom.formats import ImageFormat
from darkroom_processor.pipeline.cleaning import avif, jpeg, jpeg2000, png, tiff, webp
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned

_CLEANERS: Final[dict[ImageFormat, Callable[[bytes], Cleaned]]] = {
    ImageFormat.PNG: png.clean,
    ImageFormat.JPEG: jpeg.clean,
    ImageFormat.WEBP: webp.clean,
    ImageFormat.TIFF: tiff.clean,
    ImageFormat.JPEG2000: jpeg2000.clean,
    ImageFormat.AVIF: avif.clean,
}


def clean(data: bytes, image_format: ImageFormat) -> Cleaned:
    """Return the file in the form that a decoder may see.

    Raises TruncatedImage if the structure shows that pixels are missing, and UndecodableImage if a part that the pixels
    need is damaged.
    """
    cleaner = _CLEANERS.get(image_format)
    return cleaner(data) if cleaner else Cleaned(data)
