"""Takes out of a file what would make a decoder refuse it, or mislead it, though all pixels are there.

Side information is everything that a picture can be told without: text, EXIF, XMP, profiles, resolutions, checksums of
these, markers of the end. A fault in it never refuses a picture. It is dropped before a decoder sees the file, in time
linear in its bytes, and with one copy of them at most.
"""

from darkroom.formats import ImageFormat
from darkroom_processor.pipeline.cleaning import jpeg, jpeg2000, png, tiff, webp
from darkroom_processor.pipeline.cleaning.cleaned import Cleaned


def clean(data: bytes, image_format: ImageFormat) -> Cleaned:
    """Return the file as a decoder may see it.

    Raises TruncatedImage when pixels are missing, as far as the structure tells, and UndecodableImage when what a
    picture needs is damaged.
    """
    match image_format:
        case ImageFormat.PNG:
            return png.clean(data)
        case ImageFormat.JPEG:
            return jpeg.clean(data)
        case ImageFormat.WEBP:
            return webp.clean(data)
        case ImageFormat.TIFF:
            return tiff.clean(data)
        case ImageFormat.JPEG2000:
            return jpeg2000.clean(data)
        case _:
            return Cleaned(data)
