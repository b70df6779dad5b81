"""The thumbnail of a source as steps of a recipe, for the pipeline and for estimates."""

from typing import Final

from darkroom.formats import ImageFormat
from darkroom.planner.decode_scale import THUMBNAIL_SIDE
from darkroom.recipes import Fit, Output, OutputFormat, Resize, Variant

THUMBNAIL_FORMAT: Final = ImageFormat.WEBP

THUMBNAIL_RESIZE: Final = Resize(op="resize", width=THUMBNAIL_SIDE, height=THUMBNAIL_SIDE, fit=Fit.INSIDE)

THUMBNAIL_OUTPUT: Final = Output(format=OutputFormat.WEBP, quality=75, effort=2)
"""Each further step of `effort` takes a third more time; one more step saves a sixth of the bytes."""

THUMBNAIL: Final = Variant(name="thumbnail", operations=(THUMBNAIL_RESIZE,), output=THUMBNAIL_OUTPUT)
"""The thumbnail as a variant, for estimates. No recipe contains it."""
