"""A recipe: the named variants that a job makes of one original."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, Field

from darkroom_client.recipes.look import Adjust, Blur, Flatten, Grayscale, Sepia, Sharpen, Tint
from darkroom_client.recipes.output import Output
from darkroom_client.recipes.shape import Crop, Flip, Flop, Pad, Resize, Rotate, Round, Trim
from darkroom_client.recipes.values import SAID
from darkroom_client.recipes.watermark import Watermark

AnyOperation = Annotated[
    Resize
    | Crop
    | Trim
    | Rotate
    | Flip
    | Flop
    | Pad
    | Round
    | Grayscale
    | Flatten
    | Blur
    | Sharpen
    | Adjust
    | Tint
    | Sepia
    | Watermark,
    Field(discriminator="op"),
]


class When(StrEnum):
    """The time at which a variant is made."""

    ALWAYS = "always"
    REQUESTED = "requested"
    """The first request for its address makes it."""


class Variant(BaseModel):
    """One output of a recipe: operations in this order, then the format."""

    model_config = SAID

    name: str
    folder: str | None = None
    """First part of the result's key; the variant's name if it is not given."""
    operations: tuple[AnyOperation, ...] = ()
    output: Output = Output()
    when: When = Field(default=When.ALWAYS, exclude_if=lambda when: when is When.ALWAYS)


class Recipe(BaseModel):
    """The variants of a job. A recipe without variants only extracts metadata."""

    model_config = SAID

    variants: tuple[Variant, ...]
    publish: bool = Field(default=False, exclude_if=lambda publish: not publish)
    """Whether jobs of this recipe are published, unless the upload says otherwise."""
    keep_original: bool = Field(default=False, exclude_if=lambda kept: not kept)
    """Whether the original is kept as long as the job, unless the upload says otherwise."""

    def as_document(self) -> dict[str, Any]:
        """Return the recipe as the API takes it, without what was not said."""
        return self.model_dump(mode="json", exclude_unset=True)

    def as_json(self) -> str:
        """Return the same as JSON."""
        return self.model_dump_json(exclude_unset=True)
