"""Operations that change the colours or the sharpness of an image. None changes its size."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from darkroom.recipes.values import Color, Fraction, Number, Operation, Whole

Factor = Annotated[Number, Field(ge=0, le=4)]
"""A multiplier, from 0 to 4. 1 changes nothing."""


class Grayscale(Operation):
    """Make the image grey, by the luma of ITU-R BT.601. Transparency stays."""

    op: Literal["grayscale"]


class Flatten(Operation):
    """Remove transparency: draw the image on an opaque background."""

    op: Literal["flatten"]
    background: Color = "#ffffff"
    """Colour of the background. Its own transparency is ignored. Default: white."""


class Blur(Operation):
    """Blur the image with a Gaussian filter. Transparent edges are blurred too."""

    op: Literal["blur"]
    sigma: Number = Field(default=2, ge=0.3, le=100)
    """Standard deviation of the filter in pixels, from 0.3 to 100. A larger value blurs more. Default: 2."""


class Sharpen(Operation):
    """Sharpen the image with an unsharp mask."""

    op: Literal["sharpen"]
    sigma: Number = Field(default=1, ge=0.3, le=10)
    """Standard deviation of the mask's blur in pixels, from 0.3 to 10. A larger value sharpens wider edges. Default: 1.
    """
    amount: Number = Field(default=1, ge=0, le=5)
    """Strength, from 0 to 5. 0 changes nothing, 1 adds the whole difference between the image and its blur. Default: 1.
    """
    threshold: Whole = Field(default=2, ge=0, le=255)
    """Smallest difference that is sharpened, in levels from 0 to 255. It keeps noise as it is. Default: 2."""


class Adjust(Operation):
    """Change brightness, then contrast, then gamma, then saturation."""

    op: Literal["adjust"]
    brightness: Factor = 1
    """Multiplies all levels, by 0 to 4. 0 makes the image black, 1 changes nothing. Default: 1."""
    contrast: Factor = 1
    """Multiplies the distance of each level from middle grey, by 0 to 4. 1 changes nothing. Default: 1."""
    saturation: Factor = 1
    """Multiplies the distance of each colour from grey, by 0 to 4. 0 makes the image grey, 1 changes nothing. Default:
    1."""
    gamma: Number = Field(default=1, ge=0.1, le=10)
    """Gamma correction, from 0.1 to 10. Above 1 dark tones become lighter, below 1 darker. 1 changes nothing. Default:
    1."""


class Tint(Operation):
    """Colour the image in one hue. Light and dark stay as they are."""

    op: Literal["tint"]
    color: Annotated[str, StringConstraints(pattern=r"^(#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6})$")]
    """Colour that middle grey becomes, as `#rgb` or `#rrggbb`. Black and white stay."""
    strength: Fraction = 1
    """Strength of the effect, from 0 (no change) to 1 (full). Default: 1."""


class Sepia(Operation):
    """Colour the image in the brown of old prints."""

    op: Literal["sepia"]
    strength: Fraction = 1
    """Strength of the effect, from 0 (no change) to 1 (full). Default: 1."""
