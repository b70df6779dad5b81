"""Translates what decoders and encoders raise into Darkroom's errors.

Decoders raise nearly everything on broken files (OSError, ValueError, SyntaxError, struct.error, RuntimeError), so the
translation goes by exclusion: whatever happens while untrusted bytes are read is a fault of these bytes.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from darkroom.errors import ImageError, MemoryLimit, PixelLimit, TruncatedImage, UndecodableImage
from darkroom.limits import MAX_PIXELS

_OUT_OF_MEMORY = ("out of memory", "too much memory", "decompressed data too large")


@contextmanager
def decoding() -> Iterator[None]:
    """Raises an ImageError for whatever goes wrong inside. Bomb warnings count as errors, other warnings as nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield
        except ImageError:
            raise
        except Exception as error:
            raise classify(error) from error


@contextmanager
def making() -> Iterator[None]:
    """Raises MemoryLimit when memory runs out inside. All else is passed on: it is no fault of the image's."""
    try:
        yield
    except MemoryError as error:
        raise MemoryLimit("Making the picture needs more memory than one image may have.") from error


def classify(error: Exception) -> ImageError:
    """The public error for an exception of a decoder."""
    text = str(error).lower()
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return PixelLimit(f"The image has more than {MAX_PIXELS} pixels.", limit=MAX_PIXELS)
    if isinstance(error, MemoryError) or any(sign in text for sign in _OUT_OF_MEMORY):
        return MemoryLimit("Decoding the image needs more memory than one image may have.")
    if isinstance(error, EOFError) or "truncat" in text:
        return TruncatedImage("The file ends before the picture does.")
    return UndecodableImage("The file is damaged, or of a kind that its format's decoder does not know.")
