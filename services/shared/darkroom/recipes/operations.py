"""The operations of a recipe, one frozen model each, told apart by `op`.

This is the only definition. The validation of requests, the JSON Schema and the pipeline use it. Angles are degrees
clockwise, sizes are pixels as (width, height), fractions are from 0 to 1.
"""

from typing import Annotated

from pydantic import Field

from darkroom.recipes.look import Adjust, Blur, Flatten, Grayscale, Sepia, Sharpen, Tint
from darkroom.recipes.shape import Crop, Flip, Flop, Pad, Resize, Rotate, Round, Trim
from darkroom.recipes.watermark import Watermark

AnyOperation = Annotated[
    Resize
    | Crop
    | Trim
    | Rotate
    | Flip
    | Flop
    | Pad
    | Round
    | Grayscale
    | Flatten
    | Blur
    | Sharpen
    | Adjust
    | Tint
    | Sepia
    | Watermark,
    Field(discriminator="op"),
]
