"""What each operation of a recipe does to a picture. One function for each, by the type of the operation."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from darkroom.recipes import AnyOperation, Crop, Flatten, Flip, Flop, Grayscale, Operation, Pad, Resize, Rotate
from darkroom_processor.pipeline.operations.canvas import flatten, pad
from darkroom_processor.pipeline.operations.cut import crop
from darkroom_processor.pipeline.operations.scale import resize
from darkroom_processor.pipeline.operations.tone import grayscale
from darkroom_processor.pipeline.operations.turn import flip, flop, rotate
from darkroom_processor.pipeline.raster import Raster

_STEPS: Mapping[type[Operation], Callable[[Any, Raster], Raster]] = MappingProxyType(
    {
        Resize: resize,
        Crop: crop,
        Rotate: rotate,
        Flip: flip,
        Flop: flop,
        Grayscale: grayscale,
        Pad: pad,
        Flatten: flatten,
    }
)


def apply(operation: AnyOperation, raster: Raster) -> Raster:
    """The picture after the operation. Raises ImageError when there would be none, OutputLimit when it is too large."""
    return _STEPS[type(operation)](operation, raster)
