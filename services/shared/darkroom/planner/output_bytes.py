"""Limits on the bytes of a job's results, and estimates of them."""

from typing import Final

from darkroom.errors import OutputLimit
from darkroom.formats import ImageFormat
from darkroom.limits import JOB_RESULTS_BYTES, MAX_UNCOMPRESSED_PIXELS, RESULTS_PER_SOURCE_BYTE
from darkroom.recipes import DEFAULT_QUALITY, Output

_LOSSLESS: Final = {ImageFormat.PNG: 2.0, ImageFormat.WEBP: 1.3, ImageFormat.AVIF: 1.5}
_COLORS_BYTES: Final = 0.5
"""Bytes per pixel of an image with a palette."""
_OTHERS: Final = {ImageFormat.GIF: 0.6, ImageFormat.TIFF: 2.2}
_LOSSY: Final = {ImageFormat.JPEG: 1.0, ImageFormat.WEBP: 0.7, ImageFormat.AVIF: 0.7}
"""Median bytes per pixel of a photo. Those of `_LOSSY` are relative to a JPEG of the same quality."""
_JPEG_BYTES: Final = ((50, 0.12), (80, 0.25), (90, 0.45), (95, 0.7), (100, 1.6))
"""Bytes per pixel of a JPEG, up to each quality."""
_UNCOMPRESSED_BYTES: Final = 4.0


def most_bytes(original_bytes: int) -> int:
    """Return the most bytes of all results of a job together, for an original of `original_bytes`."""
    return max(RESULTS_PER_SOURCE_BYTE * original_bytes, JOB_RESULTS_BYTES)


def too_many_bytes(size: int, left: int) -> OutputLimit:
    """Return the error for a result of `size` bytes in a job that may store only `left` bytes more."""
    return OutputLimit(
        f"The result has {size} bytes, and the job may store only {max(left, 0)} bytes more. The limit for all results "
        f"of a job is {RESULTS_PER_SOURCE_BYTE} times the bytes of its original, or {JOB_RESULTS_BYTES} bytes if that "
        "is more. Make fewer or smaller results, or compress them more.",
        limit=max(left, 0),
        actual=size,
    )


def check_compressed(output: Output, image_format: ImageFormat, pixels: int) -> None:
    """Raise OutputLimit for a large PNG without compression. `pixels` counts all frames."""
    if image_format is ImageFormat.PNG and output.effort == 0 and pixels > MAX_UNCOMPRESSED_PIXELS:
        raise OutputLimit(
            f"The PNG without compression would have {pixels} pixels in all frames together. The limit is "
            f"{MAX_UNCOMPRESSED_PIXELS}. Use an `effort` of 1 or more to compress it.",
            limit=MAX_UNCOMPRESSED_PIXELS,
            actual=pixels,
        )


def expected_bytes(output: Output, image_format: ImageFormat, pixels: int) -> int:
    """Return a rough estimate of the bytes of a photo with this number of pixels. It is only for warnings."""
    expected = round(pixels * _bytes_per_pixel(output, image_format))
    return expected if output.max_bytes is None else min(expected, output.max_bytes)


def _bytes_per_pixel(output: Output, image_format: ImageFormat) -> float:
    if image_format in _OTHERS:
        return _OTHERS[image_format]
    if image_format is ImageFormat.PNG and output.effort == 0:
        return _UNCOMPRESSED_BYTES
    if image_format is ImageFormat.PNG and output.colors:
        return _COLORS_BYTES
    if image_format is ImageFormat.PNG or (output.lossless and image_format in _LOSSLESS):
        return _LOSSLESS[image_format]
    quality = output.quality or DEFAULT_QUALITY[image_format]
    return next(size for highest, size in _JPEG_BYTES if quality <= highest) * _LOSSY[image_format]
