"""Translates what decoders and encoders raise into Darkroom's errors.

Decoders raise nearly everything on broken files (OSError, ValueError, SyntaxError, struct.error, RuntimeError), so the
translation goes by exclusion: whatever happens while untrusted bytes are read is a fault of these bytes.
"""

import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PIL import Image

from darkroom.errors import ImageError, MemoryLimit, PixelLimit, ProcessorCrash, TruncatedImage, UndecodableImage
from darkroom.limits import CHILD_MEMORY_BYTES, MAX_PIXELS

_OUT_OF_MEMORY = ("out of memory", "too much memory", "decompressed data too large")
TOO_MUCH_MEMORY: Final = f"needs more memory than one image may have ({CHILD_MEMORY_BYTES // 1024**3} GiB)."
"""The end of what is said of it."""


@contextmanager
def translate_decoder_errors() -> Iterator[None]:
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
def translate_variant_errors() -> Iterator[None]:
    """Raises an ImageError for whatever goes wrong inside, so that one variant fails and none of those beside it.

    MemoryLimit when memory runs out. ProcessorCrash for what nobody foresaw, which is a bug: `Failure` tells operators
    where it is.
    """
    try:
        yield
    except ImageError:
        raise
    except Exception as error:
        if _is_shortage(error):
            raise MemoryLimit(f"Making the picture {TOO_MUCH_MEMORY}") from error
        raise ProcessorCrash("The picture could not be made, for a reason that nobody foresaw.") from error


def classify(error: Exception) -> ImageError:
    """The public error for an exception of a decoder."""
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return PixelLimit(f"The image has more than {MAX_PIXELS} pixels.", limit=MAX_PIXELS)
    if _is_shortage(error):
        return MemoryLimit(f"Decoding the image {TOO_MUCH_MEMORY}")
    if isinstance(error, EOFError) or "truncat" in str(error).lower():
        return TruncatedImage("The file ends before the picture does.")
    return UndecodableImage("The file is damaged, or of a kind that its format's decoder does not know.")


def traceback_lines(error: BaseException, most: int) -> str:
    """The exception's type and where it came from, in at most so many characters; the innermost places last.

    Its text stays here, since it may quote the image.
    """
    calls = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    kind = f"{type(error).__name__}\n"
    return kind + "\n".join(calls)[len(kind) - most :]


def _is_shortage(error: Exception) -> bool:
    """Whether memory has run out, in whichever words a library says so."""
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _OUT_OF_MEMORY)
