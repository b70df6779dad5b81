"""Operations that change a picture's size or outline."""

from typing import Literal, Self

from pydantic import Field, model_validator

from darkroom.limits import MAX_OUTPUT_SIDE
from darkroom.recipes.values import Color, Filter, Fit, Fraction, Operation, Pixels, Placing, Position


class Resize(Operation):
    """Scale to a size. With one side given, the other follows from the picture's proportions."""

    op: Literal["resize"]
    width: Pixels | None = None
    """In pixels."""
    height: Pixels | None = None
    """In pixels."""
    fit: Fit = Fit.COVER
    """`cover` fills the size and cuts what is over; `contain` shows all of the picture on `background`; `fill`
    stretches; `inside` and `outside` keep the proportions and are at most, or at least, the size. `pad` and
    `stretch` are other names of `contain` and `fill`."""
    position: Placing = Position.CENTER
    """Of `cover`, which part is kept; of `contain`, where the picture sits."""
    background: Color = "#ffffff"
    """Behind the picture of a `contain`; it also shows through where the picture is transparent, which stays so only on
    a background that is itself transparent. Unused by the others."""
    enlarge: bool = False
    """Without it a picture is never scaled up; `contain` still gives the whole canvas."""
    filter: Filter | None = None
    """Without one, `lanczos`; but where the decoder has shrunk the picture already, a kernel that is as good for what
    is left and takes half the time."""

    @model_validator(mode="after")
    def _has_a_side(self) -> Self:
        if self.width is None and self.height is None:
            raise ValueError("resize needs width, height or both")
        return self


class Crop(Operation):
    """Cut a rectangle out. What lies outside the picture is left away; nothing left is an error of the image."""

    op: Literal["crop"]
    left: float = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE * 8)
    """From the picture's left side."""
    top: float = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE * 8)
    """From the picture's upper side."""
    width: float = Field(gt=0, le=MAX_OUTPUT_SIDE * 8)
    """Of the rectangle."""
    height: float = Field(gt=0, le=MAX_OUTPUT_SIDE * 8)
    """Of the rectangle."""
    unit: Literal["px", "fraction"] = "px"
    """`px` counts all four in whole pixels, `fraction` in parts of the picture's width and height."""

    @model_validator(mode="after")
    def _fits_its_unit(self) -> Self:
        sides = {"left": self.left, "top": self.top, "width": self.width, "height": self.height}
        for name, value in sides.items():
            if self.unit == "fraction" and value > 1:
                raise ValueError(f"{name} is a fraction and must be at most 1")
            if self.unit == "px" and value != int(value):
                raise ValueError(f'{name} is in pixels and must be whole; parts of the picture need "unit": "fraction"')
        return self


class Trim(Operation):
    """Cut away the borders that look like the top left pixel. A picture of nothing else stays as it is."""

    op: Literal["trim"]
    threshold: int = Field(default=10, ge=0, le=254)
    """Levels of 255 by which a channel may differ and still count as border."""


class Rotate(Operation):
    """Turn clockwise about the centre. The canvas grows to hold all of the picture."""

    op: Literal["rotate"]
    angle: float = Field(ge=-360, le=360)
    """In degrees."""
    background: Color = "#ffffff"
    """Behind the picture; it also shows through where the picture is transparent, which stays so only on a background
    that is itself transparent. A turn by right angles needs none, and leaves transparency as it is."""


class Flip(Operation):
    """Mirror top to bottom."""

    op: Literal["flip"]


class Flop(Operation):
    """Mirror left to right."""

    op: Literal["flop"]


class Pad(Operation):
    """Add a border."""

    op: Literal["pad"]
    top: int = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE)
    """In pixels."""
    right: int = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE)
    """In pixels."""
    bottom: int = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE)
    """In pixels."""
    left: int = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE)
    """In pixels."""
    background: Color = "#ffffff"
    """Of the border; it also shows through where the picture is transparent, which stays so only on a background that
    is itself transparent."""


class Round(Operation):
    """Round the corners off."""

    op: Literal["round"]
    radius: Pixels | None = None
    """In pixels; at most half of the shorter side counts."""
    fraction: Fraction | None = None
    """In parts of the shorter side instead; from 0.5 on a square becomes a circle."""
    background: Color = "transparent"
    """What the corners show; unless it is transparent, it also shows through where the picture is."""

    @model_validator(mode="after")
    def _has_one_radius(self) -> Self:
        if (self.radius is None) == (self.fraction is None):
            raise ValueError("round needs either radius or fraction")
        return self
