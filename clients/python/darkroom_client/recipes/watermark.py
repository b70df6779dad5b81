"""The watermark: a text, or a result of an earlier job, laid over the image."""

from typing import Literal

from pydantic import BaseModel

from darkroom_client.recipes.values import SAID, Operation, Position


class Overlay(BaseModel):
    """A completed variant of one of your jobs."""

    model_config = SAID

    job_id: str
    variant: str


class Watermark(Operation):
    """Lay either `text` or `image` over the image."""

    op: Literal["watermark"] = "watermark"
    text: str | None = None
    image: Overlay | None = None
    position: Position = Position.BOTTOM_RIGHT
    color: str = "#ffffff"
    """Colour of the letters."""
    opacity: float = 0.6
    scale: float = 0.25
    """Width of the watermark, in parts of the image's width."""
    margin: float = 0.02
    """Distance from the sides, in parts of the shorter one."""
    angle: float = 0
    """Degrees clockwise."""
    tile: bool = False
    """Repeat it all over the image."""
    spacing: float = 1
    """Gap between repeated watermarks, in parts of the shorter side of one."""
