"""The watermark: a text, or a result of the same owner, drawn over an image."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from darkroom.recipes.lettering import Lettering
from darkroom.recipes.values import SEEKING, Flag, Fraction, Name, Number, Operation, Position

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


class Overlay(BaseModel):
    """The result of an earlier job of the same owner. It must exist for as long as the recipe is used."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    job_id: Annotated[str, StringConstraints(pattern=_UUID)]
    """Id of the job that has the result."""
    variant: Name
    """Name of the variant in that job. Of an animation the first frame is used."""


class Watermark(Operation):
    """Draw a text or an image over the image. Either `text` or `image` is required."""

    op: Literal["watermark"]
    text: Lettering | None = None
    """Text to draw: 1 to 100 characters, in Latin, Greek or Cyrillic letters."""
    image: Overlay | None = None
    """Image to draw."""
    position: Position = Position.BOTTOM_RIGHT
    """Place of the watermark on the image. `smart` and `entropy` are refused. Default: `bottom-right`."""
    color: Annotated[str, StringConstraints(pattern=r"^(#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6})$")] = "#ffffff"
    """Colour of the text, as `#rgb` or `#rrggbb`. The letters have a thin outline, black or white, whichever contrasts
    more. Not used for an image. Default: white."""
    opacity: Fraction = 0.6
    """Opacity of the watermark, from 0 (invisible) to 1 (opaque). Default: 0.6."""
    scale: Number = Field(default=0.25, ge=0.02, le=1)
    """Width of the watermark before it is rotated, as a fraction of the image's width, from 0.02 to 1. The watermark is
    made smaller if it would be taller than the image. Default: 0.25."""
    margin: Fraction = 0.02
    """Distance from the sides of the image, as a fraction of the shorter side, from 0 to 1. Default: 0.02."""
    angle: Number = Field(default=0, ge=-360, le=360)
    """Angle by which the watermark is rotated, in degrees clockwise, from -360 to 360. Default: 0."""
    tile: Flag = False
    """Whether the watermark is repeated over the whole image, with every second row shifted. Default: false."""
    spacing: Number = Field(default=1, ge=0, le=10)
    """Distance between repeated watermarks, as a multiple of the shorter side of the rotated watermark, from 0 to 10.
    Used only with `tile`. Default: 1."""

    @model_validator(mode="after")
    def _is_one_thing_in_one_place(self) -> Self:
        if (self.text is None) == (self.image is None):
            raise ValueError("watermark needs either `text` or `image`, and not both")
        if self.position in SEEKING:
            raise ValueError(f"watermark does not support the position `{self.position.value}`")
        return self
