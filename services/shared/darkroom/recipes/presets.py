"""Recipes with names: those that ship with Darkroom, and an operator's own from a file of the same form."""

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pydantic import TypeAdapter, ValidationError

from darkroom.errors import InvalidRecipe, RecipeTooLarge
from darkroom.recipes.recipe import Recipe, parse_recipe, require_storable
from darkroom.recipes.values import Name

DEFAULT_PRESET = "web"
CUSTOM = "custom"
"""The name under which a recipe that a client wrote itself appears in a job. No preset has it."""

RECIPE_FORM: Final = '{"variants": [...]}'
"""What a recipe looks like, for those who sent something else."""
_OTHER_JSON: Final = MappingProxyType({"[": "an array", '"': "a string"})
"""What else JSON is, by how it begins. Numbers, true, false and null may be names of presets."""

Presets = Mapping[str, Recipe]
_PRESETS = TypeAdapter(dict[Name, Recipe])


def load_presets(more: Path | None = None) -> Presets:
    """The shipped presets and those of the file `more`, which may replace shipped ones.

    Raises ValueError that names the file when it cannot be read, and `OSError` when it is not there.
    """
    shipped = resources.files("darkroom.recipes").joinpath("presets.json").read_bytes()
    presets = _PRESETS.validate_json(shipped)
    if more is not None:
        try:
            presets |= _PRESETS.validate_json(more.read_bytes())
        except ValidationError as error:
            raise ValueError(f"presets file {more}: {error}") from error
        if CUSTOM in presets:
            raise ValueError(f"presets file {more}: no preset may be called {CUSTOM}")
        _require_storable(presets, more)
    return MappingProxyType(presets)


def _require_storable(presets: Presets, file: Path) -> None:
    for name, recipe in presets.items():
        try:
            require_storable(recipe)
        except RecipeTooLarge as error:
            raise ValueError(f"presets file {file}: {name}: {error.message}") from error


def resolve_recipe(text: str, presets: Presets) -> tuple[str, Recipe]:
    """What a client means by `recipe`: a preset's name, or a recipe as JSON. Returns its name and the recipe.

    Raises InvalidRecipe for a name that no preset has and for a document that does not validate, and RecipeTooLarge.
    """
    begins = text.lstrip()[:1]
    if begins == "{":
        return CUSTOM, require_storable(parse_recipe(text))
    if text in presets:
        return text, presets[text]
    known = ", ".join(sorted(presets))
    if begins in _OTHER_JSON:
        raise InvalidRecipe(
            f"A recipe is a JSON object, {RECIPE_FORM}, or a preset's name without quotes. Presets: {known}.",
            errors=[{"pointer": "", "message": f"this is {_OTHER_JSON[begins]}, and no object"}],
        )
    shown = json.dumps(text[:64])
    raise InvalidRecipe(
        f"There is no preset {shown}. Presets: {known}; or send a recipe as JSON, {RECIPE_FORM}.",
        errors=[{"pointer": "", "message": "unknown preset"}],
    )
