"""The resize operation."""

from typing import Final

from PIL import Image

from darkroom.planner.decode_scale import averaging_factor
from darkroom.planner.geometry import Placement, place
from darkroom.planner.size_limits import check_output
from darkroom.recipes import SEEKING, Filter, Fit, Focus, Resize
from darkroom_processor.pipeline.operations.background import lay_on
from darkroom_processor.pipeline.operations.smart_crop import find_focus
from darkroom_processor.pipeline.pixels.raster import Raster
from darkroom_processor.pipeline.pixels.resampling import VECTORS, averaged, resample

_KERNELS = {
    Filter.NEAREST: Image.Resampling.NEAREST,
    Filter.BILINEAR: Image.Resampling.BILINEAR,
    Filter.BICUBIC: Image.Resampling.BICUBIC,
    Filter.LANCZOS: Image.Resampling.LANCZOS,
}

_NEARLY: Final = 2.0
"""Ratio below which an image that the decoder has shrunk is close to its final size."""
_MOST_RATIO: Final = 16.0
"""Highest ratio that is left to the kernel along either side; pixels are averaged before. The weights of the kernel
take memory for each pixel of a side. For a line of 50 megapixels that is more than a child may have."""


def resize(operation: Resize, raster: Raster) -> Raster:
    """Scale, cut and place the image as the `fit` of the operation says."""
    placement = place(resolve(operation, raster), raster.size)
    check_output(placement.canvas)
    kept = Raster(_resample(raster, placement, operation.filter))
    if operation.fit is Fit.CONTAIN and (placement.canvas != kept.size or kept.has_alpha):
        return lay_on(kept, placement.canvas, placement.offset, operation.background)
    return kept


def resolve(operation: Resize, raster: Raster) -> Resize:
    """Return the resize with the point that `smart` or `entropy` finds in this raster, instead of that position."""
    position = operation.position
    placement = place(operation, raster.size)
    if isinstance(position, Focus) or position not in SEEKING or placement.kept_size == placement.scaled:
        return operation
    (width, height), scaled = placement.kept_size, placement.scaled
    return operation.model_copy(
        update={"position": find_focus(position, raster, (width / scaled[0], height / scaled[1]))}
    )


def _resample(raster: Raster, placement: Placement, chosen: Filter | None) -> Image.Image:
    """Scale only the part that is kept.

    The part is cut out of the source in fractions of a pixel. That makes the same pixels as scaling the whole image and
    cutting it afterwards, because the kernel also sees the pixels around the cut.
    """
    if raster.is_complete and placement.kept_size == raster.size:
        return raster.image
    across, down = raster.extent[0] / placement.scaled[0], raster.extent[1] / placement.scaled[1]
    kernel = _KERNELS[chosen] if chosen else _usual_kernel(raster, min(across, down))
    factor = 1 if kernel is Image.Resampling.NEAREST else averaging_factor(min(across, down))
    held = raster.reduced(factor) if factor > 1 else raster.image
    left, top, right, bottom = placement.kept
    across, down = across / factor, down / factor
    if kernel is not Image.Resampling.NEAREST and max(across, down) > _MOST_RATIO:
        thinned = max(int(across / _MOST_RATIO), 1), max(int(down / _MOST_RATIO), 1)
        held, across, down = averaged(held, thinned), across / thinned[0], down / thinned[1]
    box = (left * across, top * down, min(right * across, held.width), min(bottom * down, held.height))
    return resample(held, placement.kept_size, kernel, box)


def _usual_kernel(raster: Raster, ratio: float) -> Image.Resampling:
    """Return Lanczos, or Hamming where Lanczos is slow and the decoder has left little to scale.

    Lanczos is slow without vector instructions. Hamming takes half the time and differs by 40 dB from Lanczos on all
    pixels; an encoder at quality 80 loses more (36 dB).
    """
    is_slow = not VECTORS and raster.shrunk and ratio < _NEARLY
    return Image.Resampling.HAMMING if is_slow else Image.Resampling.LANCZOS
