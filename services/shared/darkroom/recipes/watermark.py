"""The watermark: a text, or another picture of the owner's, laid over a picture."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from darkroom.recipes.lettering import Lettering
from darkroom.recipes.values import SEEKING, Fraction, Name, Operation, Position

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"


class Overlay(BaseModel):
    """A picture that an earlier job made: a completed variant. It is kept for as long as that job is."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    job_id: Annotated[str, StringConstraints(pattern=_UUID)]
    """Of the job that made it."""
    variant: Name
    """Its name in that job. Of an animation the first frame counts."""


class Watermark(Operation):
    """Lay a text or an image over the picture."""

    op: Literal["watermark"]
    text: Lettering | None = None
    """In Latin, Greek or Cyrillic letters; the error for others names them."""
    image: Overlay | None = None
    """Instead of a text."""
    position: Position = Position.BOTTOM_RIGHT
    """Where it lies; `smart` and `entropy` are not for watermarks."""
    color: Annotated[str, StringConstraints(pattern=r"^(#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6})$")] = "#ffffff"
    """Of a text's letters; they have a thin rim of black or white, whichever stands out from them."""
    opacity: Fraction = 0.6
    """1 hides what lies below, 0 shows nothing of the watermark."""
    scale: float = Field(default=0.25, ge=0.02, le=1)
    """The watermark's width before it is turned, in parts of the picture's width. It is never taller than the
    picture."""
    margin: Fraction = 0.02
    """The distance from the picture's sides, in parts of the shorter one."""
    angle: float = Field(default=0, ge=-360, le=360)
    """Degrees by which the watermark is turned, clockwise."""
    tile: bool = False
    """Repeat it all over the picture, in rows that are shifted against each other."""
    spacing: float = Field(default=1, ge=0, le=10)
    """Between repeated ones, in parts of the shorter side of the watermark as it is turned."""

    @model_validator(mode="after")
    def _is_one_thing_in_one_place(self) -> Self:
        if (self.text is None) == (self.image is None):
            raise ValueError("a watermark needs either text or image")
        if self.position in SEEKING:
            raise ValueError(f"a watermark cannot have the position {self.position.value}")
        return self
