"""A recipe: the list of named variants that a job makes of its source."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from darkroom.errors import InvalidRecipe, RecipeTooLarge
from darkroom.json_pointer import json_pointer
from darkroom.limits import MAX_FAULTS, MAX_OPERATIONS, MAX_OVERLAYS, MAX_RECIPE_BYTES, MAX_VARIANTS
from darkroom.recipes.operations import AnyOperation
from darkroom.recipes.output import Output, OutputFormat
from darkroom.recipes.values import Name
from darkroom.recipes.watermark import Overlay, Watermark

Folder = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$", max_length=128)]


def _at_most(most: int) -> BeforeValidator:
    """That a list is no longer. Asked before its items are looked at, each of which may have faults of its own."""

    def check(items: Any) -> Any:
        if isinstance(items, list) and len(items) > most:
            raise ValueError(f"there may be {most} at most; there are {len(items)}")
        return items

    return BeforeValidator(check)


class Variant(BaseModel):
    """One picture to make: operations in the order given, then the output."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: Name
    """By which the picture is asked for; no other variant has it."""
    folder: Folder | None = None
    """Where the result goes in the results bucket; the variant's name when not given. No other variant has it."""
    operations: Annotated[tuple[AnyOperation, ...], _at_most(MAX_OPERATIONS)] = Field(
        default=(), max_length=MAX_OPERATIONS
    )
    """Applied in this order, after the EXIF orientation."""
    output: Output = Output()
    """How the picture is written."""

    @property
    def result_folder(self) -> str:
        """The first part of the result's key."""
        return self.folder or self.name

    @property
    def only_rewrites(self) -> bool:
        """Whether the source is only written again, in its own format: the result should have no more bytes then."""
        return not self.operations and self.output.format is OutputFormat.SAME

    @property
    def overlays(self) -> dict[int, Overlay]:
        """The images that are laid over the picture, by the number of the operation."""
        steps = enumerate(self.operations)
        return {number: step.image for number, step in steps if isinstance(step, Watermark) and step.image}


class Recipe(BaseModel):
    """The variants of a job. None at all means that only metadata is extracted."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    variants: Annotated[tuple[Variant, ...], _at_most(MAX_VARIANTS)] = Field(max_length=MAX_VARIANTS)
    """In the order in which they are told."""

    @property
    def stored(self) -> str:
        """The recipe as it is kept with a job: JSON with its defaults written out, whatever these are later."""
        return self.model_dump_json()

    @model_validator(mode="after")
    def _results_stay_apart(self) -> Self:
        _require_distinct("name", [variant.name for variant in self.variants])
        # A result's key is folder, job and file name: two variants of one folder would overwrite each other.
        _require_distinct("folder", [variant.result_folder for variant in self.variants])
        return self

    @model_validator(mode="after")
    def _has_few_overlays(self) -> Self:
        overlays = {overlay for variant in self.variants for overlay in variant.overlays.values()}
        if len(overlays) > MAX_OVERLAYS:
            raise ValueError(f"watermarks may use {MAX_OVERLAYS} different images; there are {len(overlays)}")
        return self


def parse_recipe(document: str | bytes) -> Recipe:
    """Read a recipe from JSON.

    Raises InvalidRecipe whose `errors` are `{"pointer", "message"}`, a JSON pointer (RFC 6901) for each fault, up to a
    hundred of them.
    """
    try:
        return Recipe.model_validate_json(document)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)[:MAX_FAULTS]
        told = [
            {"pointer": _pointer(fault["loc"]), "message": fault["msg"].removeprefix("Value error, ")}
            for fault in faults
        ]
        raise InvalidRecipe(f"The recipe has {error.error_count()} fault(s).", errors=told) from error


def require_storable(recipe: Recipe) -> Recipe:
    """Return the recipe. Raises RecipeTooLarge when it is longer than what is kept with a job."""
    size = len(recipe.stored.encode())
    if size > MAX_RECIPE_BYTES:
        raise RecipeTooLarge(
            f"The recipe has {size} bytes as it is stored, its defaults written out; a recipe may have "
            f"{MAX_RECIPE_BYTES}. Use fewer variants, fewer operations or shorter texts.",
            limit=MAX_RECIPE_BYTES,
            actual=size,
        )
    return recipe


def _require_distinct(what: str, values: list[str]) -> None:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"each variant needs a {what} of its own; used more than once: {', '.join(twice)}")


def _pointer(location: tuple[Any, ...]) -> str:
    """Turn pydantic's location into a JSON pointer, without the names of a union's members."""
    return json_pointer(step for index, step in enumerate(location) if not _names_a_member(location[:index]))


def _names_a_member(before: tuple[Any, ...]) -> bool:
    """Below `operations/N` and `position` pydantic says which member of a union it took; the document has no such."""
    below_operation = before[-2:-1] == ("operations",) and isinstance(before[-1], int)
    return below_operation or before[-1:] == ("position",)
