"""The operations of a recipe, one frozen model each, told apart by `op`.

This is the only definition: API validation, the JSON Schema, the documentation and the pipeline all use it. Angles
are degrees clockwise, sizes are pixels as (width, height), fractions run from 0 to 1.
"""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from darkroom.limits import MAX_OUTPUT_SIDE

Pixels = Annotated[int, Field(ge=1, le=MAX_OUTPUT_SIDE)]
Color = Annotated[
    str,
    StringConstraints(pattern=r"^(#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}|#[0-9a-fA-F]{8}|transparent)$"),
    Field(description="`#rgb`, `#rrggbb`, `#rrggbbaa` or `transparent`"),
]


class Operation(BaseModel):
    """What all operations have in common: they are values, and take no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


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


class Filter(StrEnum):
    """The resampling kernel."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    LANCZOS = "lanczos"


class Resize(Operation):
    """Scale to a size. With one side given, the other follows from the picture's proportions."""

    op: Literal["resize"]
    width: Pixels | None = None
    height: Pixels | None = None
    fit: Fit = Fit.COVER
    """`cover` fills the size and cuts what is over; `contain` shows all of the picture on `background`; `fill`
    stretches; `inside` and `outside` keep the proportions and are at most, or at least, the size. `pad` and
    `stretch` are other names of `contain` and `fill`."""
    position: Position = Position.CENTER
    background: Color = "#ffffff"
    enlarge: bool = False
    """Without it a picture is never scaled up; `contain` still gives the whole canvas."""
    filter: Filter = Filter.LANCZOS

    @model_validator(mode="after")
    def _has_a_side(self) -> Self:
        if self.width is None and self.height is None:
            raise ValueError("resize needs width, height or both")
        return self


class Crop(Operation):
    """Cut a rectangle out. What lies outside the picture is left away; nothing left is an error of the image."""

    op: Literal["crop"]
    left: float = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE * 8)
    top: float = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE * 8)
    width: float = Field(gt=0, le=MAX_OUTPUT_SIDE * 8)
    height: float = Field(gt=0, le=MAX_OUTPUT_SIDE * 8)
    unit: Literal["px", "fraction"] = "px"
    """`fraction` counts all four in parts of the picture's width and height."""

    @model_validator(mode="after")
    def _fits_its_unit(self) -> Self:
        sides = {"left": self.left, "top": self.top, "width": self.width, "height": self.height}
        for name, value in sides.items():
            if self.unit == "fraction" and value > 1:
                raise ValueError(f"{name} is a fraction and must be at most 1")
            if self.unit == "px" and value != int(value):
                raise ValueError(f"{name} is in pixels and must be whole")
        return self


class Rotate(Operation):
    """Turn clockwise about the centre. The canvas grows to hold all of the picture."""

    op: Literal["rotate"]
    angle: float = Field(ge=-360, le=360)
    background: Color = "#ffffff"


class Flip(Operation):
    """Mirror top to bottom."""

    op: Literal["flip"]


class Flop(Operation):
    """Mirror left to right."""

    op: Literal["flop"]


class Grayscale(Operation):
    """Drop the colours and keep luma (ITU-R BT.601) and transparency."""

    op: Literal["grayscale"]


class Pad(Operation):
    """Add a border, in pixels a side."""

    op: Literal["pad"]
    top: int = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE)
    right: int = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE)
    bottom: int = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE)
    left: int = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE)
    background: Color = "#ffffff"


class Flatten(Operation):
    """Lay the picture on a background and drop its transparency."""

    op: Literal["flatten"]
    background: Color = "#ffffff"


AnyOperation = Annotated[Resize | Crop | Rotate | Flip | Flop | Grayscale | Pad | Flatten, Field(discriminator="op")]
