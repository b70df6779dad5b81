"""Translates exceptions of decoders and encoders into Darkroom's errors.

On broken files, decoders raise nearly everything (OSError, ValueError, SyntaxError, struct.error, RuntimeError). So any
exception while untrusted bytes are read counts as a fault of these bytes.
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
"""End of the sentence that names the step that needs the memory."""


@contextmanager
def translate_decoder_errors() -> Iterator[None]:
    """Raise an ImageError for any exception in the block. Pillow's bomb warning is one, other warnings are ignored."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            yield
        except ImageError:
            raise
        except Exception as error:
            raise _decoder_error(error) from error


@contextmanager
def translate_variant_errors() -> Iterator[None]:
    """Raise an ImageError for any exception inside the block, so that one variant fails and the others do not.

    Raises MemoryLimit when memory runs out, and ProcessorCrash for anything unexpected, which is a bug: `FailedVariant`
    tells operators where it is.
    """
    try:
        yield
    except ImageError:
        raise
    except Exception as error:
        if _is_shortage(error):
            raise MemoryLimit(f"Making the variant {TOO_MUCH_MEMORY}") from error
        raise ProcessorCrash("The variant could not be made because of an unexpected error.") from error


def traceback_lines(error: BaseException, most: int) -> str:
    """Return the type of the exception and where it was raised, in at most `most` characters, innermost call last.

    The exception's text is left out, since it may quote the image.
    """
    calls = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    kind = f"{type(error).__name__}\n"
    return kind + "\n".join(calls)[len(kind) - most :]


def _decoder_error(error: Exception) -> ImageError:
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return PixelLimit(f"The image has more than {MAX_PIXELS} pixels.", limit=MAX_PIXELS)
    if _is_shortage(error):
        return MemoryLimit(f"Decoding the image {TOO_MUCH_MEMORY}")
    if isinstance(error, EOFError) or "truncat" in str(error).lower():
        return TruncatedImage("The file ends before the image is complete.")
    return UndecodableImage("The file is damaged, or of a kind that the decoder of its format does not support.")


def _is_shortage(error: Exception) -> bool:
    """Return whether memory has run out. Libraries say so in different words."""
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _OUT_OF_MEMORY)
