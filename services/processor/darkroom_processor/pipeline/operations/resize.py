"""Resizing."""

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
"""The ratio up to which a picture that the decoder has shrunk has nearly the size that it will have."""
_MOST_RATIO: Final = 16.0
"""What is left to it along the other side of a picture that becomes much narrower than it becomes low, or the reverse.
Its weights take memory for each pixel of that side: of a line of 50 megapixels more than a child may have."""


def resize(operation: Resize, raster: Raster) -> Raster:
    """Scale, cut and place the picture as the operation's fit says."""
    placement = place(resolve(operation, raster), raster.size)
    check_output(placement.canvas)
    kept = Raster(_resample(raster, placement, operation.filter))
    if operation.fit is Fit.CONTAIN and (placement.canvas != kept.size or kept.has_alpha):
        return lay_on(kept, placement.canvas, placement.offset, operation.background)
    return kept


def resolve(operation: Resize, raster: Raster) -> Resize:
    """The same resize with a position that depends on what is seen replaced by the point that it means here."""
    position = operation.position
    placement = place(operation, raster.size)
    if isinstance(position, Focus) or position not in SEEKING or placement.kept_size == placement.scaled:
        return operation
    (width, height), scaled = placement.kept_size, placement.scaled
    return operation.model_copy(
        update={"position": find_focus(position, raster, (width / scaled[0], height / scaled[1]))}
    )


def _resample(raster: Raster, placement: Placement, chosen: Filter | None) -> Image.Image:
    """Scale only what is kept.

    The kept part is cut out of the source in fractions of a pixel, which gives the same pixels as to scale all of the
    picture and to cut then: the kernel also sees what lies around the cut.
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
    """Lanczos. Where there are no vector instructions for it, and the decoder has left little to do, Hamming: half the
    time, and as near to Lanczos on all pixels as 40 dB, where an encoder at quality 80 leaves 36.
    """
    dear = not VECTORS and raster.shrunk and ratio < _NEARLY
    return Image.Resampling.HAMMING if dear else Image.Resampling.LANCZOS
