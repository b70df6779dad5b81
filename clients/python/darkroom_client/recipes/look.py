"""Operations that change how an image looks and leave its size alone."""

from typing import Literal

from darkroom_client.recipes.values import Operation


class Grayscale(Operation):
    """Drop the colours."""

    op: Literal["grayscale"] = "grayscale"


class Flatten(Operation):
    """Lay the image on a background and drop its transparency."""

    op: Literal["flatten"] = "flatten"
    background: str = "#ffffff"


class Blur(Operation):
    """Blur by a Gaussian."""

    op: Literal["blur"] = "blur"
    sigma: float = 2
    """Standard deviation, in pixels."""


class Sharpen(Operation):
    """Sharpen by an unsharp mask."""

    op: Literal["sharpen"] = "sharpen"
    sigma: float = 1
    """Width of the edges to lift, in pixels."""
    amount: float = 1
    threshold: int = 2
    """Levels, of 255, below which an edge is left as it is."""


class Adjust(Operation):
    """Change brightness, contrast, saturation and gamma; 1 changes nothing."""

    op: Literal["adjust"] = "adjust"
    brightness: float = 1
    contrast: float = 1
    saturation: float = 1
    gamma: float = 1


class Tint(Operation):
    """Give the image one hue."""

    op: Literal["tint"] = "tint"
    color: str
    """Colour that middle grey becomes, `#rgb` or `#rrggbb`."""
    strength: float = 1


class Sepia(Operation):
    """Apply the brown of old prints."""

    op: Literal["sepia"] = "sepia"
    strength: float = 1
