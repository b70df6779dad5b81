"""Cropping."""

from darkroom.recipes import Crop
from darkroom_processor.pipeline.geometry import crop_box
from darkroom_processor.pipeline.raster import Raster


def crop(operation: Crop, raster: Raster) -> Raster:
    """Cut a rectangle out. Raises ImageError when nothing of the picture lies in it."""
    box = crop_box(operation, raster.size)
    return raster if box == (0, 0, *raster.size) else Raster(raster.image.crop(box))
