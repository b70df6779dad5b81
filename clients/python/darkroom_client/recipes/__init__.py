"""Recipes as typed values, with the field names of the API.

The models know names, types and defaults. Limits, such as the largest width, are the service's: it answers
`InvalidRecipe` with a JSON pointer for each fault. `Recipe.as_json()` writes only what was said.
"""

from darkroom_client.recipes.look import Adjust, Blur, Flatten, Grayscale, Sepia, Sharpen, Tint
from darkroom_client.recipes.output import KeepMetadata, Output, OutputFormat, Subsampling
from darkroom_client.recipes.recipe import AnyOperation, Recipe, Variant, When
from darkroom_client.recipes.shape import Crop, Flip, Flop, Pad, Resize, Rotate, Round, Trim
from darkroom_client.recipes.values import Filter, Fit, Focus, Operation, Position
from darkroom_client.recipes.watermark import Overlay, Watermark

__all__ = [
    "Adjust",
    "AnyOperation",
    "Blur",
    "Crop",
    "Filter",
    "Fit",
    "Flatten",
    "Flip",
    "Flop",
    "Focus",
    "Grayscale",
    "KeepMetadata",
    "Operation",
    "Output",
    "OutputFormat",
    "Overlay",
    "Pad",
    "Position",
    "Recipe",
    "Resize",
    "Rotate",
    "Round",
    "Sepia",
    "Sharpen",
    "Subsampling",
    "Tint",
    "Trim",
    "Variant",
    "Watermark",
    "When",
]
