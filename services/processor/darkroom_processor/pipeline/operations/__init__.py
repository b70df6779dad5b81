"""The operations of recipes: a function for each, which takes a raster and returns the changed one."""

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
from darkroom_processor.pipeline.operations import background, crop, resize, rotate, sharpness, tone, watermark
from darkroom_processor.pipeline.operations.overlay_images import OverlayImages
from darkroom_processor.pipeline.pixels.raster import Raster

_FUNCTIONS: Mapping[type[Operation], Callable[[Any, Raster], Raster]] = MappingProxyType(
    {
        Resize: resize.resize,
        Crop: crop.crop,
        Trim: crop.trim,
        Rotate: rotate.rotate,
        Flip: rotate.flip,
        Flop: rotate.flop,
        Pad: background.pad,
        Round: crop.round_corners,
        Grayscale: tone.grayscale,
        Flatten: background.flatten,
        Blur: sharpness.blur,
        Sharpen: sharpness.sharpen,
        Adjust: tone.adjust,
        Tint: tone.tint,
        Sepia: tone.sepia,
    }
)


def apply(operation: AnyOperation, raster: Raster, overlays: OverlayImages) -> Raster:
    """Return the raster after the operation. Raises ImageError if no pixels would be left, OutputLimit if too many."""
    if isinstance(operation, Watermark):
        return watermark.watermark(operation, raster, overlays)
    return _FUNCTIONS[type(operation)](operation, raster)


def resolve(operation: AnyOperation, raster: Raster) -> AnyOperation:
    """Return an operation that has the same effect on this raster, but does not depend on pixel values.

    The frames of an animation must all be cut in the same way, so operations are resolved on the first frame.
    """
    match operation:
        case Resize():
            return resize.resolve(operation, raster)
        case Trim():
            return crop.resolve(operation, raster)
        case _:
            return operation
