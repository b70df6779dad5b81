"""The smallest scale at which a picture still serves everything that is wanted of it: decoded, or on its way."""

from collections.abc import Sequence
from typing import Final

from darkroom.planner.geometry import Size, place, rotated_size
from darkroom.recipes import AnyOperation, Flip, Flop, Grayscale, Resize, Rotate, Variant

PREVIEW_SIDE: Final = 50
"""Pixels of the longer side that colours and the thumbhash of a description are taken from. A hash holds at most seven
waves a side: of twice the pixels it would be the same but for a last bit, for 7 ms more."""

WHOLE: Final = 8
_EIGHTHS: Final = (1, 2, 3, 4)
"""Parts of its size in eighths at which a JPEG can be decoded: its blocks have 8 × 8 pixels."""
_MARGIN: Final = 1.3
"""By how much the decoded picture must be larger than what is made of it. Blocks are not shrunk as carefully as
pictures are resampled: measured against Lanczos on all pixels, 1.3 gains some 10 dB over no margin."""

_GAP: Final = 2.0
"""What is left to the kernel that scales, once pixels were averaged. libvips, and so sharp, leaves the same."""


def needed_scale(variants: Sequence[Variant], size: Size, *, describe: bool) -> float:
    """The least part of a picture of this size that serves the variants, with all their pixels, and its description.

    0 when nothing at all is wanted of it.
    """
    for_preview = min(PREVIEW_SIDE / max(size), 1.0) if describe else 0.0
    return max([for_preview, *(operations_scale(variant.operations, size) for variant in variants)])


def jpeg_eighths(scale: float) -> int:
    """At how many eighths of its size to decode a JPEG of which this part is needed; `WHOLE` when none is enough."""
    return next((eighths for eighths in _EIGHTHS if scale * _MARGIN <= eighths / WHOLE), WHOLE)


def shrunk(size: Size, eighths: int) -> Size:
    """(width, height) in pixels of a JPEG of this size when it is decoded at so many eighths: what is begun counts."""
    return -(-size[0] * eighths // WHOLE), -(-size[1] * eighths // WHOLE)


def averaging_factor(ratio: float) -> int:
    """The power of two by which to average a picture that is to be scaled down by this ratio."""
    factor = 1
    while ratio / (factor * 2) >= _GAP:
        factor *= 2
    return factor


def operations_scale(operations: Sequence[AnyOperation], size: Size) -> float:
    """The least part of a picture of this size that gives the operations all the pixels that they need.

    Only what comes before the first resize matters, and of that what needs no single pixel is no hindrance.
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
