"""Takes out of a file what would make a decoder refuse or mistake a picture that has all of its pixels.

Side information is everything that a picture can be told without: text, EXIF, XMP, profiles, resolutions, checksums of
these, markers of the end. A fault in it never refuses a picture. It is dropped before a decoder sees the file, in time
linear in its bytes, and with one copy of them at most.
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
    """Return the file as a decoder may see it.

    Raises TruncatedImage when pixels are missing, as far as the structure tells, and UndecodableImage when what a
    picture needs is damaged.
    """
    cleaner = _CLEANERS.get(image_format)
    return cleaner(data) if cleaner else Cleaned(data)
