"""Limits on the sizes of sources and results, checked before memory is allocated for them."""

from typing import Final

from darkroom.errors import FrameLimit, OutputLimit, PixelLimit
from darkroom.limits import MAX_FRAMES, MAX_OUTPUT_SIDE, MAX_PIXELS
from darkroom.planner.geometry import Size

_REMEDY: Final = (
    "To make it fit, begin the recipe with "
    f'{{"op": "resize", "width": {MAX_OUTPUT_SIDE}, "height": {MAX_OUTPUT_SIDE}, "fit": "inside"}}.'
)
_STILL: Final = 'To keep only the first frame, use "frames": 1 in the output.'


def check_image(size: Size) -> None:
    """Raise PixelLimit if a source of this size is too large. Only the first frame of an animation counts."""
    pixels = size[0] * size[1]
    if pixels > MAX_PIXELS:
        raise PixelLimit(f"The image has {pixels} pixels. The limit is {MAX_PIXELS}.", limit=MAX_PIXELS, actual=pixels)


def check_animation(size: Size, frames: int) -> None:
    """Raise FrameLimit or PixelLimit if an animation with this number of frames of this size cannot be kept."""
    if frames > MAX_FRAMES:
        raise FrameLimit(
            f"The animation has {frames} frames. The limit is {MAX_FRAMES}. {_STILL}",
            limit=MAX_FRAMES,
            actual=frames,
        )
    pixels = size[0] * size[1] * frames
    if pixels > MAX_PIXELS:
        raise PixelLimit(
            f"The animation has {pixels} pixels in all frames together. The limit is {MAX_PIXELS}. {_STILL}",
            limit=MAX_PIXELS,
            actual=pixels,
        )


def check_output(size: Size, frames: int = 1, *, most_pixels: int = MAX_PIXELS) -> None:
    """Raise OutputLimit if an image of this size, with this number of frames, is too large for a result or a step to
    it. `most_pixels` counts all frames."""
    width, height = size
    if max(size) > MAX_OUTPUT_SIDE:
        raise OutputLimit(
            f"The result would have {width} × {height} pixels. The limit is {MAX_OUTPUT_SIDE} for each side. {_REMEDY}",
            limit=MAX_OUTPUT_SIDE,
            actual=max(size),
        )
    pixels = width * height * frames
    if pixels > most_pixels:
        raise OutputLimit(
            f"The result would have {pixels} pixels in all frames together. The limit is {most_pixels}. Make it smaller"
            f"{', or keep only the first frame with `frames: 1`' if frames > 1 else ''}.",
            limit=most_pixels,
            actual=pixels,
        )
