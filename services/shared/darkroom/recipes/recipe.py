"""A recipe: the list of named variants that a job makes of its original."""

import json
from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from darkroom.errors import InvalidRecipe, RecipeTooLarge
from darkroom.json_pointer import json_pointer
from darkroom.limits import MAX_FAULTS, MAX_OPERATIONS, MAX_OVERLAYS, MAX_RECIPE_BYTES, MAX_VARIANTS
from darkroom.object_keys import RESERVED_PREFIXES
from darkroom.recipes.operations import AnyOperation
from darkroom.recipes.output import Output, OutputFormat
from darkroom.recipes.values import Flag, Name
from darkroom.recipes.watermark import Overlay, Watermark

SHOWN_BESIDE: Final = frozenset({"name", "version", "created_at"})
"""Members that `GET /recipes/{name}` shows beside a recipe. A document that a client sends may have them."""


def _not_reserved(path: str) -> str:
    """Refuse a name or folder whose results would lie among objects of the services."""
    first = path.partition("/")[0]
    if first in RESERVED_PREFIXES:
        raise ValueError(f"`{first}` is reserved; reserved are: {', '.join(sorted(RESERVED_PREFIXES))}")
    return path


VariantName = Annotated[Name, AfterValidator(_not_reserved)]
Folder = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$", max_length=128),
    AfterValidator(_not_reserved),
]


def _at_most(most: int) -> BeforeValidator:
    """Refuse a longer list before its items are validated, each of which may have faults of its own."""

    def check(items: Any) -> Any:
        if isinstance(items, list) and len(items) > most:
            raise ValueError(f"at most {most} items are allowed; there are {len(items)}")
        return items

    return BeforeValidator(check)


class When(StrEnum):
    """The time at which a variant is made."""

    ALWAYS = "always"
    """Each run of the job makes it."""
    REQUESTED = "requested"
    """The first request for it makes it, after the job has ended."""


class Variant(BaseModel):
    """One named output of the recipe: operations, then an output format."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    name: VariantName
    """Name of the variant, unique in the recipe: up to 64 of a-z, 0-9, `.`, `_` and `-`; the first is a letter or a
    digit. `job-thumbnails`, `manifests`, `previews` and `public` are reserved."""
    folder: Folder | None = None
    """Folder of the result in the results bucket, unique in the recipe: up to 128 characters; names as above, with `/`
    between them. The first part may not be a reserved name. Default: the name of the variant."""
    operations: Annotated[tuple[AnyOperation, ...], _at_most(MAX_OPERATIONS)] = Field(
        default=(), max_length=MAX_OPERATIONS
    )
    """Operations, at most 16, applied in this order after the EXIF orientation. Default: none."""
    output: Output = Output()
    """Format, quality and metadata of the result. Default: the format of the source, all other fields at their
    defaults."""
    when: When = Field(default=When.ALWAYS, exclude_if=lambda when: when is When.ALWAYS)
    """The time at which the variant is made. `always`: in each run of the job. `requested`: when its address is
    requested for the first time; until then it costs nothing, and its format cannot be `auto`. Default: `always`."""

    @field_validator("when")
    @classmethod
    def _has_an_address(cls, when: When, info: ValidationInfo) -> When:
        # Its address ends with the extension of its format, and must be known before the variant is made.
        output = info.data.get("output")
        if when is When.REQUESTED and isinstance(output, Output) and output.format is OutputFormat.AUTO:
            raise ValueError(
                "a variant on request needs a format that is known before it is made: `auto` chooses it by the pixels. "
                "Name a format in `output`, or use `same`"
            )
        return when

    @property
    def is_on_request(self) -> bool:
        """Return whether the variant is made only when it is requested."""
        return self.when is When.REQUESTED

    @property
    def result_folder(self) -> str:
        """Return the first part of the result's key."""
        return self.folder or self.name

    @property
    def only_rewrites(self) -> bool:
        """Return whether the source is only written again in its own format. Its result should have no more bytes."""
        return not self.operations and self.output.format is OutputFormat.SAME

    @property
    def overlays(self) -> dict[int, Overlay]:
        """Return the images that watermarks draw, by the index of their operation."""
        steps = enumerate(self.operations)
        return {number: step.image for number, step in steps if isinstance(step, Watermark) and step.image}


class Recipe(BaseModel):
    """A list of variants. Without variants a job only extracts the metadata of the image."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    variants: Annotated[tuple[Variant, ...], _at_most(MAX_VARIANTS)] = Field(max_length=MAX_VARIANTS)
    """The variants, at most 32. Their names and folders are unique."""
    publish: Flag = Field(default=False, exclude_if=lambda publish: not publish)
    """Whether jobs of this recipe are published, unless a request says otherwise. Default: false."""
    keep_original: Flag = Field(default=False, validate_default=True, exclude_if=lambda kept: not kept)
    """Whether the original is kept as long as the job, unless a request says otherwise. Always true if some variants
    are made on request, since they are made of the original. Default: false."""

    @field_validator("keep_original")
    @classmethod
    def _serves_variants_on_request(cls, kept: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's form
        return kept or any(variant.is_on_request for variant in info.data.get("variants", ()))

    @property
    def stored(self) -> str:
        """Return the recipe as JSON with its defaults written out, as it is stored with a job: later defaults do not
        count."""
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
            raise ValueError(f"watermarks may use at most {MAX_OVERLAYS} different images; there are {len(overlays)}")
        return self


def parse_recipe(document: str | bytes) -> Recipe:
    """Read a recipe from JSON. It may be a preset as `GET /recipes/{name}` shows it: what is not the recipe is ignored.

    Raises InvalidRecipe. Its `errors` are `{"pointer", "message"}`, with a JSON pointer (RFC 6901) to each of the first
    100 faults.
    """
    try:
        return Recipe.model_validate_json(_without_shown(document))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)[:MAX_FAULTS]
        told = [
            {"pointer": _pointer(fault["loc"]), "message": fault["msg"].removeprefix("Value error, ")}
            for fault in faults
        ]
        raise InvalidRecipe(f"The recipe has {error.error_count()} fault(s).", errors=told) from error


def _without_shown(document: str | bytes) -> str | bytes:
    """Return the document without the members that answers show beside a recipe."""
    try:
        members = json.loads(document)
    except (ValueError, RecursionError):
        return document  # Pydantic says what is wrong.
    if not isinstance(members, dict) or members.keys().isdisjoint(SHOWN_BESIDE):
        return document
    return json.dumps({key: value for key, value in members.items() if key not in SHOWN_BESIDE})


def require_storable(recipe: Recipe) -> Recipe:
    """Return the recipe. Raises RecipeTooLarge if it is longer than a job may store."""
    size = len(recipe.stored.encode())
    if size > MAX_RECIPE_BYTES:
        raise RecipeTooLarge(
            f"The recipe is too large: {size} bytes as stored, with its defaults written out. The limit is "
            f"{MAX_RECIPE_BYTES} bytes. Use fewer variants, fewer operations or shorter texts.",
            limit=MAX_RECIPE_BYTES,
            actual=size,
        )
    return recipe


def _require_distinct(what: str, values: list[str]) -> None:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"each variant needs its own {what}; used more than once: {', '.join(twice)}")


def _pointer(location: tuple[Any, ...]) -> str:
    """Return pydantic's location as a JSON pointer, without the names of a union's members."""
    return json_pointer(step for index, step in enumerate(location) if not _names_a_member(location[:index]))


def _names_a_member(before: tuple[Any, ...]) -> bool:
    """Below `operations/N` and `position` pydantic adds the member of the union that it chose. The document has no such
    level."""
    below_operation = before[-2:-1] == ("operations",) and isinstance(before[-1], int)
    return below_operation or before[-1:] == ("position",)
