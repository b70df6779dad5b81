"""Values that several operations use: positions, fits, filters, and the base of all operations."""

from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

SAID: Final = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
"""A misspelt field is an error, as it is for the service."""


class Operation(BaseModel):
    """One step of a variant. Its class says its `op`."""

    model_config = SAID

    def model_post_init(self, _: Any, /) -> None:
        """Count `op` as said, so that it is always written."""
        self.model_fields_set.add("op")


class Fit(StrEnum):
    """How an image meets the size asked for, as in CSS `object-fit`."""

    COVER = "cover"
    CONTAIN = "contain"
    FILL = "fill"
    INSIDE = "inside"
    OUTSIDE = "outside"


class Position(StrEnum):
    """The part that `cover` keeps, or the place of the image in `contain`."""

    CENTER = "center"
    TOP = "top"
    TOP_RIGHT = "top-right"
    RIGHT = "right"
    BOTTOM_RIGHT = "bottom-right"
    BOTTOM = "bottom"
    BOTTOM_LEFT = "bottom-left"
    LEFT = "left"
    TOP_LEFT = "top-left"
    SMART = "smart"
    """The part with most detail and colour."""
    ENTROPY = "entropy"
    """The part with the most mixed tones."""


class Focus(BaseModel):
    """The point that matters most, in fractions from the top left corner."""

    model_config = SAID

    x: float
    y: float


class Filter(StrEnum):
    """The resampling kernel."""

    NEAREST = "nearest"
    BILINEAR = "bilinear"
    BICUBIC = "bicubic"
    LANCZOS = "lanczos"
