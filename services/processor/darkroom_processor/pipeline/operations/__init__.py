"""What each operation of a recipe does to a picture. One function for each, by the type of the operation."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from darkroom.recipes import (
    Adjust,
    AnyOperation,
    Blur,
    Crop,
    Flatten,
    Flip,
    Flop,
    Grayscale,
    Operation,
    Pad,
    Resize,
    Rotate,
    Round,
    Sepia,
    Sharpen,
    Tint,
    Trim,
    Watermark,
)
from darkroom_processor.pipeline.operations import canvas, cut, focus, scale, stamping, tone, turn
from darkroom_processor.pipeline.overlays import Overlays
from darkroom_processor.pipeline.raster import Raster

_STEPS: Mapping[type[Operation], Callable[[Any, Raster], Raster]] = MappingProxyType(
    {
        Resize: scale.resize,
        Crop: cut.crop,
        Trim: cut.trim,
        Rotate: turn.rotate,
        Flip: turn.flip,
        Flop: turn.flop,
        Pad: canvas.pad,
        Round: cut.round_corners,
        Grayscale: tone.grayscale,
        Flatten: canvas.flatten,
        Blur: focus.blur,
        Sharpen: focus.sharpen,
        Adjust: tone.adjust,
        Tint: tone.tint,
        Sepia: tone.sepia,
    }
)


def apply(operation: AnyOperation, raster: Raster, overlays: Overlays) -> Raster:
    """The picture after the operation. Raises ImageError when there would be none, OutputLimit when it is too large."""
    if isinstance(operation, Watermark):
        return stamping.watermark(operation, raster, overlays)
    return _STEPS[type(operation)](operation, raster)


def settle(operation: AnyOperation, raster: Raster) -> AnyOperation:
    """An operation that does to this picture just the same, and does so to any other whatever is seen in it.

    The frames of an animation must all be cut alike: what depends on pixels is settled on the first.
    """
    match operation:
        case Resize():
            return scale.settle(operation, raster)
        case Trim():
            return cut.settle(operation, raster)
        case _:
            return operation
