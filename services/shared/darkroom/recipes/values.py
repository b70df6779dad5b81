"""Types of the fields of a recipe: sizes, colours, positions; and the base of all operations."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Strict, StringConstraints, Tag, model_validator

from darkroom.limits import MAX_OUTPUT_SIDE

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
"""Name of a variant or a preset: up to 64 of a-z, 0-9, `.`, `_` and `-`; the first is a letter or a digit."""


# Strict: text and true are no numbers, and 1 is not true. Otherwise recipes that break their schema would be accepted.
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict()]
Flag = Annotated[bool, Strict()]
Pixels = Annotated[Whole, Field(ge=1, le=MAX_OUTPUT_SIDE)]
Fraction = Annotated[Number, Field(ge=0, le=1)]
# It has no description of its own: pydantic would use that in place of each field's docstring.
Color = Annotated[
    str,
    StringConstraints(pattern=r"^(#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}|#[0-9a-fA-F]{8}|transparent)$"),
    Field(examples=["#fff", "#336699", "#33669980", "transparent"]),
]
"""`#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`."""


def with_whole_numbers(members: object) -> object:
    """Return 20 in place of 20.0 among the members of an object: both are integers in JSON Schema."""
    if not isinstance(members, dict):
        return members
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in members.items()
    }


class Operation(BaseModel):
    """Base of all operations: immutable, without unknown fields, infinity or NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    _with_whole_numbers = model_validator(mode="before")(with_whole_numbers)


class Fit(StrEnum):
    """How an image fits the size asked for, as in CSS `object-fit` and in sharp."""

    COVER = "cover"
    CONTAIN = "contain"
    FILL = "fill"
    INSIDE = "inside"
    OUTSIDE = "outside"

    @classmethod
    def _missing_(cls, value: object) -> "Fit | None":
        return {"pad": cls.CONTAIN, "stretch": cls.FILL}.get(value) if isinstance(value, str) else None


class Position(StrEnum):
    """The part of the image that `cover` keeps, or the place of the image on the background of `contain`."""

    CENTER = "center"
    TOP = "top"
    TOP_RIGHT = "top-right"
    RIGHT = "right"
    BOTTOM_RIGHT = "bottom-right"
    BOTTOM = "bottom"
    BOTTOM_LEFT = "bottom-left"
    LEFT = "left"
    TOP_LEFT = "top-left"
    SMART = "smart"
    """The part with most detail and colour; the centre if nothing is cut. `attention` is another name for it."""
    ENTROPY = "entropy"
    """The part with the highest entropy (most mixed tones); the centre if nothing is cut."""

    @classmethod
    def _missing_(cls, value: object) -> "Position | None":
        return cls.SMART if value == "attention" else None


SEEKING: Final = frozenset({Position.SMART, Position.ENTROPY})
"""The positions that depend on the pixels."""


class Focus(BaseModel):
    """The point of the image that matters most. The part that is kept has it as near to its centre as possible."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    x: Fraction
    """Distance from the left side, as a fraction of the width, from 0 to 1."""
    y: Fraction
    """Distance from the top, as a fraction of the height, from 0 to 1."""


Placing = Annotated[
    Annotated[Position, Tag("name")] | Annotated[Focus, Tag("point")],
    Discriminator(lambda given: "point" if isinstance(given, dict | Focus) else "name"),
]
"""A position by name, or a point."""


class Filter(StrEnum):
    """The filter that resamples pixels."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    LANCZOS = "lanczos"
