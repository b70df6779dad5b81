"""The fields that come with a file: the recipe, the callback URL and the client's own metadata."""

import hashlib
import json
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, StringConstraints, TypeAdapter, ValidationError

from darkroom.errors import MalformedRequest
from darkroom.json_pointer import json_pointer
from darkroom.outbound_urls import read_outbound_url
from darkroom.recipes import RECIPE_FORM

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
"""Up to 16 entries of text, which the job keeps and shows unchanged."""

_METADATA: Final = TypeAdapter(Metadata)


def _as_either(recipe: object) -> object:
    if not isinstance(recipe, str | dict):
        # A union would report a fault for each of its members, at places that the document lacks.
        raise ValueError(f"give a preset's name, or a recipe: {RECIPE_FORM}")  # noqa: TRY004 - pydantic expects it
    return recipe


RecipeField = Annotated[str | dict[str, Any], BeforeValidator(_as_either)]
"""A recipe in a JSON body: a preset's name, or a document."""


def recipe_text(recipe: str | dict[str, Any]) -> str:
    """Return a recipe of a JSON body as the text that a form would contain."""
    return recipe if isinstance(recipe, str) else json.dumps(recipe)


def read_metadata(text: str) -> dict[str, str]:
    """Read metadata from JSON. An empty text means none. Raises MalformedRequest with `errors`."""
    if not text:
        return {}
    try:
        return _METADATA.validate_json(text, strict=True)
    except ValidationError as error:
        raise MalformedRequest(
            f"The metadata must be a JSON object of at most {MAX_ENTRIES} entries of text, with keys of at most "
            f"{MAX_KEY_CHARACTERS} and values of at most {MAX_VALUE_CHARACTERS} characters.",
            errors=[
                # Pydantic adds a step to the path if the fault is in a key. The pointer leaves it out.
                {"pointer": json_pointer(["metadata", *fault["loc"][:1]]), "message": fault["msg"]}
                for fault in error.errors()[:MAX_ENTRIES]
            ],
        ) from error


def read_callback(text: str, *, allow_http: bool) -> str | None:
    """Check a callback URL. An empty text means none. Raises MalformedRequest with `errors`."""
    if not text:
        return None
    read_outbound_url(text, field="callback_url", allow_http=allow_http)
    return text


def fingerprint(kind: str, *parts: object) -> str:
    """Return a hash of everything that a client asked for. Repeated requests have equal fingerprints."""
    document = json.dumps([kind, *parts])
    return hashlib.sha256(document.encode()).hexdigest()
