"""Recipes chosen without a table: from the presets of the installation alone."""

from darkroom.recipes import DEFAULT_PRESET, load_presets, resolve_recipe
from darkroom_upload.intake.choose_recipe import ChosenRecipe

PRESETS = load_presets()


async def choose(text: str) -> ChosenRecipe:
    text = text or DEFAULT_PRESET
    name, recipe = resolve_recipe(text, PRESETS)
    return ChosenRecipe(name=name, recipe=recipe, text=text)
