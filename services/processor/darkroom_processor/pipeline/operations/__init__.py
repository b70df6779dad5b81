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
from darkroom_processor.pipeline.operations import background, crop, resize, rotate, sharpness, tone, watermark
from darkroom_processor.pipeline.operations.overlay_images import OverlayImages
from darkroom_processor.pipeline.pixels.raster import Raster

_STEPS: Mapping[type[Operation], Callable[[Any, Raster], Raster]] = MappingProxyType(
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
    """The picture after the operation. Raises ImageError when there would be none, OutputLimit when it is too large."""
    if isinstance(operation, Watermark):
        return watermark.watermark(operation, raster, overlays)
    return _STEPS[type(operation)](operation, raster)


def resolve(operation: AnyOperation, raster: Raster) -> AnyOperation:
    """An operation that does to this picture just the same, and does so to any other whatever is seen in it.

    The frames of an animation must all be cut alike: what depends on pixels is settled on the first.
    """
    match operation:
        case Resize():
            return resize.resolve(operation, raster)
        case Trim():
            return crop.resolve(operation, raster)
        case _:
            return operation
