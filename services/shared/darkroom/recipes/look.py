"""Operations that change how a picture looks and leave its size alone. None of them changes transparency."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from darkroom.recipes.values import Color, Fraction, Operation

Factor = Annotated[float, Field(ge=0, le=4)]
"""1 changes nothing."""


class Grayscale(Operation):
    """Drop the colours and keep luma (ITU-R BT.601) and transparency."""

    op: Literal["grayscale"]


class Flatten(Operation):
    """Lay the picture on a background and drop its transparency."""

    op: Literal["flatten"]
    background: Color = "#ffffff"
    """Of which only the colour counts: how transparent it is does not."""


class Blur(Operation):
    """Blur by a Gaussian; transparent edges soften with it."""

    op: Literal["blur"]
    sigma: float = Field(default=2, ge=0.3, le=100)
    """The standard deviation, in pixels."""


class Sharpen(Operation):
    """Sharpen by an unsharp mask."""

    op: Literal["sharpen"]
    sigma: float = Field(default=1, ge=0.3, le=10)
    """The width of the edges to lift, in pixels."""
    amount: float = Field(default=1, ge=0, le=5)
    """How much: 1 adds the whole difference between the picture and its blur."""
    threshold: int = Field(default=2, ge=0, le=255)
    """Levels of 255 that an edge must have, so that noise stays as it is."""


class Adjust(Operation):
    """Change brightness, then contrast, then gamma, then saturation."""

    op: Literal["adjust"]
    brightness: Factor = 1
    """Multiplies all levels."""
    contrast: Factor = 1
    """Multiplies the distance from middle grey."""
    saturation: Factor = 1
    """Multiplies the distance from grey; 0 leaves none of the colours."""
    gamma: float = Field(default=1, ge=0.1, le=10)
    """Above 1 lightens the dark tones."""


class Tint(Operation):
    """Give the picture one hue and keep its lights and shades."""

    op: Literal["tint"]
    color: Annotated[str, StringConstraints(pattern=r"^(#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6})$")]
    """What middle grey becomes; black and white stay."""
    strength: Fraction = 1
    """0 leaves the picture as it is."""


class Sepia(Operation):
    """The brown of old prints."""

    op: Literal["sepia"]
    strength: Fraction = 1
    """0 leaves the picture as it is."""
