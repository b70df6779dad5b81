"""Recipes: what a job makes of its image. See `operations` for the vocabulary and `presets.json` for examples."""

from darkroom.recipes.operations import (
    AnyOperation,
    Crop,
    Filter,
    Fit,
    Flatten,
    Flip,
    Flop,
    Grayscale,
    Operation,
    Pad,
    Position,
    Resize,
    Rotate,
)
from darkroom.recipes.output import DEFAULT_QUALITY, Output, OutputFormat
from darkroom.recipes.presets import CUSTOM, DEFAULT_PRESET, Presets, load_presets, resolve_recipe
from darkroom.recipes.recipe import Recipe, Variant, parse_recipe

__all__ = [
    "CUSTOM",
    "DEFAULT_PRESET",
    "DEFAULT_QUALITY",
    "AnyOperation",
    "Crop",
    "Filter",
    "Fit",
    "Flatten",
    "Flip",
    "Flop",
    "Grayscale",
    "Operation",
    "Output",
    "OutputFormat",
    "Pad",
    "Position",
    "Presets",
    "Recipe",
    "Resize",
    "Rotate",
    "Variant",
    "load_presets",
    "parse_recipe",
    "resolve_recipe",
]
