"""The fields that come with a file: which recipe, whom to tell of the end, and the client's own metadata."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, StringConstraints, TypeAdapter, ValidationError

from darkroom.callback_urls import read_callback_url
from darkroom.errors import MalformedRequest
from darkroom.json_pointer import json_pointer
from darkroom.recipes import DEFAULT_PRESET, RECIPE_FORM, Presets, Recipe, resolve_recipe

MAX_ENTRIES: Final = 16
MAX_KEY_CHARACTERS: Final = 64
MAX_VALUE_CHARACTERS: Final = 256

Metadata = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=MAX_KEY_CHARACTERS)],
        Annotated[str, StringConstraints(max_length=MAX_VALUE_CHARACTERS)],
    ],
    Field(max_length=MAX_ENTRIES),
]
"""Up to 16 entries of text, kept with the job and returned as they came."""

_METADATA: Final = TypeAdapter(Metadata)


@dataclass(frozen=True, kw_only=True)
class ChosenRecipe:
    """The recipe of a request: its name, what it says, and how the client wrote it."""

    name: str
    recipe: Recipe
    text: str


def choose_recipe(text: str, presets: Presets) -> ChosenRecipe:
    """Resolve a preset's name or a recipe as JSON; nothing at all means the default. Raises InvalidRecipe."""
    text = text or DEFAULT_PRESET
    name, recipe = resolve_recipe(text, presets)
    return ChosenRecipe(name=name, recipe=recipe, text=text)


def _as_either(recipe: object) -> object:
    if not isinstance(recipe, str | dict):
        # Said here, for a union would say it of each of its members, in places that the document has not.
        raise ValueError(f"give a preset's name, or a recipe: {RECIPE_FORM}")  # noqa: TRY004 - pydantic's way to hear it
    return recipe


RecipeField = Annotated[str | dict[str, Any], BeforeValidator(_as_either)]
"""A recipe in a JSON body: a preset's name, or a document."""


def recipe_text(recipe: str | dict[str, Any]) -> str:
    """A recipe in a JSON body, as it would be written in a form."""
    return recipe if isinstance(recipe, str) else json.dumps(recipe)


def read_metadata(text: str) -> dict[str, str]:
    """Read metadata from JSON; nothing at all means none. Raises MalformedRequest with `errors`."""
    if not text:
        return {}
    try:
        return _METADATA.validate_json(text, strict=True)
    except ValidationError as error:
        raise MalformedRequest(
            f"The metadata must be a JSON object of at most {MAX_ENTRIES} entries of text, with keys of at most "
            f"{MAX_KEY_CHARACTERS} and values of at most {MAX_VALUE_CHARACTERS} characters.",
            errors=[
                # The document is the field itself; of a key pydantic says so by a further step.
                {"pointer": json_pointer(["metadata", *fault["loc"][:1]]), "message": fault["msg"]}
                for fault in error.errors()[:MAX_ENTRIES]
            ],
        ) from error


def read_callback(text: str, *, allow_http: bool) -> str | None:
    """Check a callback URL; nothing at all means none. Raises MalformedRequest with `errors`."""
    if not text:
        return None
    read_callback_url(text, allow_http=allow_http)
    return text


def fingerprint(kind: str, *parts: str, metadata: Mapping[str, str]) -> str:
    """A hash of everything that a client asked for, to tell a repeated request from another one."""
    document = json.dumps([kind, *parts, sorted(metadata.items())])
    return hashlib.sha256(document.encode()).hexdigest()
