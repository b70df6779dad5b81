"""The smallest scale of an image that is enough for all of its variants, when it is decoded and between operations."""

from collections.abc import Sequence
from typing import Final

from darkroom.planner.geometry import Size, place, rotated_size
from darkroom.recipes import AnyOperation, Flip, Flop, Grayscale, Resize, Rotate, Variant

PREVIEW_SIDE: Final = 50
"""Pixels of the longer side of the image from which a description's colours and thumbhash are computed. A thumbhash has
at most seven waves a side: twice the pixels would change at most its last bits, and take 7 ms more."""

THUMBNAIL_SIDE: Final = 320
"""Most pixels of each side of the thumbnail that lists of jobs show."""

WHOLE: Final = 8
"""Full size, in eighths."""
_EIGHTHS: Final = (1, 2, 3, 4)
"""Reduced sizes, in eighths, at which a JPEG can be decoded: its blocks have 8 × 8 pixels."""
_MARGIN: Final = 1.3
"""Smallest ratio of the decoded image to a variant that is made of it. Reducing blocks is less exact than resampling:
compared with Lanczos on all pixels, 1.3 gains about 10 dB over no margin. A thumbnail does without."""

_GAP: Final = 2.0
"""Smallest ratio that is left for the resampling filter after pixels were averaged. libvips and sharp use the same."""


def needed_scale(variants: Sequence[Variant], size: Size, *, describe: bool, thumbnail: bool) -> float:
    """Return the smallest scale, from 0 to 1, at which decoding is enough for the variants, description and thumbnail.

    It is 0 if none of them is asked for.
    """
    for_preview = _MARGIN * PREVIEW_SIDE / max(size) if describe else 0.0
    for_thumbnail = THUMBNAIL_SIDE / max(size) if thumbnail else 0.0
    for_variants = (_MARGIN * operations_scale(variant.operations, size) for variant in variants)
    return min(max([for_preview, for_thumbnail, *for_variants]), 1.0)


def jpeg_eighths(scale: float) -> int:
    """Return the eighths of its size at which to decode a JPEG that is needed at this scale; at most `WHOLE`."""
    return next((eighths for eighths in _EIGHTHS if scale <= eighths / WHOLE), WHOLE)


def shrunk(size: Size, eighths: int) -> Size:
    """Return the size of a JPEG of this size after decoding it at this number of eighths, rounded up."""
    return -(-size[0] * eighths // WHOLE), -(-size[1] * eighths // WHOLE)


def averaging_factor(ratio: float) -> int:
    """Return the power of two by which to average pixels before an image is scaled down by this ratio."""
    factor = 1
    while ratio / (factor * 2) >= _GAP:
        factor *= 2
    return factor


def operations_scale(operations: Sequence[AnyOperation], size: Size) -> float:
    """Return the smallest scale, from 0 to 1, of an image of this size that is enough for the operations.

    It depends on the first resize, if all operations before it work as well on a reduced image.
    """
    for operation in operations:
        match operation:
            case Flip() | Flop() | Grayscale():
                continue
            case Rotate():
                size = rotated_size(size, operation.angle)
            case Resize():
                scaled = place(operation, size).scaled
                return min(max(scaled[0] / size[0], scaled[1] / size[1]), 1.0)
            case _:
                break
    return 1.0
