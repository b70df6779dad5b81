"""Operations that change the size or the outline of an image."""

from typing import Literal, Self

from pydantic import Field, model_validator

from darkroom.limits import MAX_OUTPUT_SIDE
from darkroom.recipes.values import (
    Color,
    Filter,
    Fit,
    Flag,
    Fraction,
    Number,
    Operation,
    Pixels,
    Placing,
    Position,
    Whole,
)


class Resize(Operation):
    """Scale the image to a size. If only one side is given, the other follows from the image's proportions."""

    op: Literal["resize"]
    width: Pixels | None = None
    """Width in pixels, from 1 to 8192. `width`, `height` or both are required."""
    height: Pixels | None = None
    """Height in pixels, from 1 to 8192. `width`, `height` or both are required."""
    fit: Fit = Fit.COVER
    """How the image fits a size with two sides. `cover` fills it and cuts off what does not fit. `contain` shows the
    whole image on `background`. `fill` stretches the image. `inside` and `outside` keep the proportions: no side is
    larger, or smaller, than asked for. `pad` and `stretch` are other names for `contain` and `fill`. Default:
    `cover`."""
    position: Placing = Position.CENTER
    """With `cover`, the part of the image to keep. With `contain`, the place of the image on the background. Other fits
    do not use it. Default: `center`."""
    background: Color = "#ffffff"
    """Colour of the background of `contain`. Other fits do not use it. It also replaces transparency in the image,
    unless it is itself transparent. Default: white."""
    enlarge: Flag = False
    """Whether the image may become larger than it is. The background of `contain` always has the size asked for.
    Default: false."""
    filter: Filter | None = None
    """Resampling filter. Default: `lanczos`, or a faster filter of nearly the same quality if the decoder has already
    reduced the image."""

    @model_validator(mode="after")
    def _has_a_side(self) -> Self:
        if self.width is None and self.height is None:
            raise ValueError("resize needs `width`, `height` or both")
        return self


class Crop(Operation):
    """Cut out a rectangle. Parts of it outside the image are ignored. The variant fails if nothing of the image is
    left."""

    op: Literal["crop"]
    left: Number = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE * 8)
    """Distance of the rectangle from the left side of the image, in `unit`. Default: 0."""
    top: Number = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE * 8)
    """Distance of the rectangle from the top of the image, in `unit`. Default: 0."""
    width: Number = Field(gt=0, le=MAX_OUTPUT_SIDE * 8)
    """Width of the rectangle, in `unit`. Above 0."""
    height: Number = Field(gt=0, le=MAX_OUTPUT_SIDE * 8)
    """Height of the rectangle, in `unit`. Above 0."""
    unit: Literal["px", "fraction"] = "px"
    """Unit of the four numbers. `px`: whole pixels, up to 65536. `fraction`: parts of the image's width and height, up
    to 1. Default: `px`."""

    @model_validator(mode="after")
    def _fits_its_unit(self) -> Self:
        sides = {"left": self.left, "top": self.top, "width": self.width, "height": self.height}
        for name, value in sides.items():
            if self.unit == "fraction" and value > 1:
                raise ValueError(f"`{name}` is a fraction of the image and may be at most 1")
            if self.unit == "px" and value != int(value):
                raise ValueError(
                    f'`{name}` must be a whole number of pixels; for parts of the image use "unit": "fraction"'
                )
        return self


class Trim(Operation):
    """Cut off borders that look like the top left pixel. An image of one colour stays as it is."""

    op: Literal["trim"]
    threshold: Whole = Field(default=10, ge=0, le=254)
    """Largest difference from the top left pixel that still counts as border, for each channel, in levels from 0 to
    254. Default: 10."""


class Rotate(Operation):
    """Rotate the image clockwise about its centre. The result is large enough for the whole image."""

    op: Literal["rotate"]
    angle: Number = Field(ge=-360, le=360)
    """Angle in degrees clockwise, from -360 to 360."""
    background: Color = "#ffffff"
    """Colour of the corners that become empty. It also replaces transparency in the image, unless it is itself
    transparent. Not used for multiples of 90 degrees, which keep transparency. Default: white."""


class Flip(Operation):
    """Mirror the image top to bottom."""

    op: Literal["flip"]


class Flop(Operation):
    """Mirror the image left to right."""

    op: Literal["flop"]


class Pad(Operation):
    """Add a border around the image."""

    op: Literal["pad"]
    top: Whole = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE)
    """Height of the border above the image, in pixels from 0 to 8192. Default: 0."""
    right: Whole = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE)
    """Width of the border on the right, in pixels from 0 to 8192. Default: 0."""
    bottom: Whole = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE)
    """Height of the border below the image, in pixels from 0 to 8192. Default: 0."""
    left: Whole = Field(default=0, ge=0, le=MAX_OUTPUT_SIDE)
    """Width of the border on the left, in pixels from 0 to 8192. Default: 0."""
    background: Color = "#ffffff"
    """Colour of the border. It also replaces transparency in the image, unless it is itself transparent. Default:
    white."""


class Round(Operation):
    """Round off the corners. Either `radius` or `fraction` is required."""

    op: Literal["round"]
    radius: Pixels | None = None
    """Radius of the corners in pixels, from 1 to 8192. At most half of the shorter side is used."""
    fraction: Fraction | None = None
    """Radius of the corners as a fraction of the shorter side, from 0 to 1. From 0.5 on, a square becomes a circle."""
    background: Color = "transparent"
    """Colour of the corners. It also replaces transparency in the image, unless it is itself transparent. Default:
    `transparent`."""

    @model_validator(mode="after")
    def _has_one_radius(self) -> Self:
        if (self.radius is None) == (self.fraction is None):
            raise ValueError("round needs either `radius` or `fraction`, and not both")
        return self
