"""Presets: the recipes with names that ship with Darkroom, and those of an operator's own file."""

import json
from collections.abc import Iterable, Mapping
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
"""Name of a recipe in a job that a client sent as JSON. No preset has this name."""
RESERVED_NAMES: Final = frozenset({CUSTOM, "plan", "preview", "schema"})
"""Names that no preset may have: `custom`, and the last parts of paths below `/recipes`."""

RECIPE_FORM: Final = '{"variants": [...]}'
"""Form of a recipe, for error texts."""
_OTHER_JSON: Final = MappingProxyType({"[": "an array", '"': "a string"})
"""Other kinds of JSON, by their first character. Numbers, true, false and null can be names of presets."""
_LONGEST_LIST: Final = 400
"""Characters of the names of presets that an error lists."""

Presets = Mapping[str, Recipe]
_PRESETS = TypeAdapter(dict[Name, Recipe])


def load_presets(more: Path | None = None) -> Presets:
    """Return the shipped presets and those of the file `more`, which may replace shipped ones.

    Raises ValueError, which names the file, if it is not valid, and OSError if it cannot be read.
    """
    shipped = resources.files("darkroom.recipes").joinpath("presets.json").read_bytes()
    presets = _PRESETS.validate_json(shipped)
    if more is not None:
        try:
            presets |= _PRESETS.validate_json(more.read_bytes())
        except ValidationError as error:
            raise ValueError(f"presets file {more}: {error}") from error
        if reserved := sorted(RESERVED_NAMES & presets.keys()):
            raise ValueError(f"presets file {more}: `{reserved[0]}` is reserved; choose another name")
        _require_storable(presets, more)
    return MappingProxyType(presets)


def _require_storable(presets: Presets, file: Path) -> None:
    for name, recipe in presets.items():
        try:
            require_storable(recipe)
        except RecipeTooLarge as error:
            raise ValueError(f"presets file {file}: {name}: {error.message}") from error


def resolve_recipe(text: str, presets: Presets) -> tuple[str, Recipe]:
    """Return the name and the recipe that a text means: the name of one of these presets, or a recipe as JSON.

    Raises InvalidRecipe for an unknown name and for a document that is not valid, and RecipeTooLarge.
    """
    if custom := custom_recipe(text):
        return CUSTOM, custom
    if text in presets:
        return text, presets[text]
    raise unknown_preset(text, presets)


def custom_recipe(text: str) -> Recipe | None:
    """Return the recipe that a text has as JSON, or None if the text is no JSON object.

    Raises InvalidRecipe for an object that is not a valid recipe, and RecipeTooLarge.
    """
    return require_storable(parse_recipe(text)) if text.lstrip().startswith("{") else None


def unknown_preset(text: str, names: Iterable[str]) -> InvalidRecipe:
    """Return the error for a text that is no recipe and none of these names of presets, which it lists."""
    known = listed_names(names)
    begins = text.lstrip()[:1]
    if begins in _OTHER_JSON:
        return InvalidRecipe(
            f"`recipe` must be a JSON object, {RECIPE_FORM}, or the name of a preset without quotes. Presets: {known}.",
            errors=[{"pointer": "", "message": f"this is {_OTHER_JSON[begins]}, not an object"}],
        )
    shown = json.dumps(text[:64])
    return InvalidRecipe(
        f"There is no preset {shown}. Presets: {known}. Or send a recipe as JSON: {RECIPE_FORM}.",
        errors=[{"pointer": "", "message": "unknown preset"}],
    )


def listed_names(names: Iterable[str]) -> str:
    """Return the names in order, and how many more there are if they are too many for an error."""
    left = sorted(names)
    shown: list[str] = []
    while left and sum(map(len, shown)) + len(left[0]) <= _LONGEST_LIST:
        shown.append(left.pop(0))
    return ", ".join(shown) + (f" and {len(left)} more" if left else "")
