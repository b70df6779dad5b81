"""Colours."""

from darkroom.recipes import Grayscale
from darkroom_processor.pipeline.raster import Raster


def grayscale(_: Grayscale, raster: Raster) -> Raster:
    """Luma by ITU-R BT.601 (299 red, 587 green, 114 blue in 1000); transparency stays."""
    if raster.is_gray:
        return raster
    return raster.with_image(raster.straight.convert("LA" if raster.has_alpha else "L"))
