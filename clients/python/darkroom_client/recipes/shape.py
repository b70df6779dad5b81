"""Operations that change the size or outline of an image."""

from typing import Literal

from darkroom_client.recipes.values import Filter, Fit, Focus, Operation, Position


class Resize(Operation):
    """Scale to a size. If one side is given, the other keeps the proportions."""

    op: Literal["resize"] = "resize"
    width: int | None = None
    """Pixels."""
    height: int | None = None
    """Pixels."""
    fit: Fit = Fit.COVER
    position: Position | Focus = Position.CENTER
    background: str = "#ffffff"
    """Colour behind the image of a `contain`."""
    enlarge: bool = False
    """Whether an image may be scaled up."""
    filter: Filter | None = None


class Crop(Operation):
    """Cut a rectangle out."""

    op: Literal["crop"] = "crop"
    left: float = 0
    top: float = 0
    width: float
    height: float
    unit: Literal["px", "fraction"] = "px"
    """Unit of all four: pixels, or parts of the image's width and height."""


class Trim(Operation):
    """Cut away borders that look like the top left pixel."""

    op: Literal["trim"] = "trim"
    threshold: int = 10
    """Levels, of 255, by which a channel may differ and still count as border."""


class Rotate(Operation):
    """Turn clockwise about the centre; the canvas grows."""

    op: Literal["rotate"] = "rotate"
    angle: float
    """Degrees."""
    background: str = "#ffffff"


class Flip(Operation):
    """Mirror top to bottom."""

    op: Literal["flip"] = "flip"


class Flop(Operation):
    """Mirror left to right."""

    op: Literal["flop"] = "flop"


class Pad(Operation):
    """Add a border, in pixels."""

    op: Literal["pad"] = "pad"
    top: int = 0
    right: int = 0
    bottom: int = 0
    left: int = 0
    background: str = "#ffffff"


class Round(Operation):
    """Round the corners off: by `radius` in pixels, or by `fraction` of the shorter side."""

    op: Literal["round"] = "round"
    radius: int | None = None
    fraction: float | None = None
    background: str = "transparent"
