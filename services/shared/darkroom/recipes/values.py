"""What the operations of a recipe are made of: sizes, colours, positions, and what they all have in common."""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from darkroom.limits import MAX_OUTPUT_SIDE

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
"""Of a variant or a preset."""
Pixels = Annotated[int, Field(ge=1, le=MAX_OUTPUT_SIDE)]
Fraction = Annotated[float, Field(ge=0, le=1)]
# Without a description: it would be taken for that of each field, whose docstring would get lost.
Color = Annotated[
    str,
    StringConstraints(pattern=r"^(#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}|#[0-9a-fA-F]{8}|transparent)$"),
    Field(examples=["#fff", "#336699", "#33669980", "transparent"]),
]
"""`#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`."""


class Operation(BaseModel):
    """What all operations have in common: they are values, and take no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


class Fit(StrEnum):
    """How a picture meets the size asked for, as in CSS `object-fit` and in sharp."""

    COVER = "cover"
    CONTAIN = "contain"
    FILL = "fill"
    INSIDE = "inside"
    OUTSIDE = "outside"

    @classmethod
    def _missing_(cls, value: object) -> "Fit | None":
        return {"pad": cls.CONTAIN, "stretch": cls.FILL}.get(value) if isinstance(value, str) else None


class Position(StrEnum):
    """Which part is kept by `cover`, and where the picture sits in `contain`."""

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
    """Where there is most detail and colour; the centre where nothing is cut. `attention` is another name of it."""
    ENTROPY = "entropy"
    """Where the tones are most mixed; the centre where nothing is cut."""

    @classmethod
    def _missing_(cls, value: object) -> "Position | None":
        return cls.SMART if value == "attention" else None


SEEKING: Final = frozenset({Position.SMART, Position.ENTROPY})
"""The positions that depend on what is seen."""


class Focus(BaseModel):
    """The point that matters most, in fractions of the picture's width and height from its top left corner."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)

    x: Fraction
    """From the left, in parts of the width."""
    y: Fraction
    """From the top, in parts of the height."""


Placing = Annotated[
    Annotated[Position, Tag("name")] | Annotated[Focus, Tag("point")],
    Discriminator(lambda given: "point" if isinstance(given, dict | Focus) else "name"),
]
"""A position by name, or about a point."""


class Filter(StrEnum):
    """The resampling kernel."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    LANCZOS = "lanczos"
