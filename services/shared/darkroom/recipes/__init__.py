"""Recipes: which variants a job makes of its original. `operations` lists their parts, `presets.json` has examples."""

from darkroom.recipes.lettering import WRITABLE
from darkroom.recipes.look import Adjust, Blur, Flatten, Grayscale, Sepia, Sharpen, Tint
from darkroom.recipes.operations import AnyOperation
from darkroom.recipes.output import DEFAULT_QUALITY, KeepMetadata, Output, OutputFormat, Subsampling
from darkroom.recipes.presets import CUSTOM, DEFAULT_PRESET, RECIPE_FORM, Presets, load_presets, resolve_recipe
from darkroom.recipes.recipe import Recipe, Variant, When, parse_recipe
from darkroom.recipes.shape import Crop, Flip, Flop, Pad, Resize, Rotate, Round, Trim
from darkroom.recipes.values import SEEKING, Filter, Fit, Focus, Operation, Position
from darkroom.recipes.watermark import Overlay, Watermark

__all__ = [
    "CUSTOM",
    "DEFAULT_PRESET",
    "DEFAULT_QUALITY",
    "RECIPE_FORM",
    "SEEKING",
    "WRITABLE",
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
    "Presets",
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
    "load_presets",
    "parse_recipe",
    "resolve_recipe",
]
