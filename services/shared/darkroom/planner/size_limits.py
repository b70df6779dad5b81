"""How large sources may be, and the pictures that are made of them. Asked before any memory is taken for them."""

from typing import Final

from darkroom.errors import FrameLimit, OutputLimit, PixelLimit
from darkroom.limits import MAX_FRAMES, MAX_OUTPUT_SIDE, MAX_PIXELS
from darkroom.planner.geometry import Size

_REMEDY: Final = (
    "A recipe that begins with "
    f'{{"op": "resize", "width": {MAX_OUTPUT_SIDE}, "height": {MAX_OUTPUT_SIDE}, "fit": "inside"}} makes it fit.'
)
_STILL: Final = 'An output with "frames": 1 has the first frame only, whatever their number.'


def check_image(size: Size) -> None:
    """Raises PixelLimit for a source of this size. The frames of an animation after the first are not counted."""
    pixels = size[0] * size[1]
    if pixels > MAX_PIXELS:
        raise PixelLimit(
            f"The image has {pixels} pixels; at most {MAX_PIXELS} are processed.", limit=MAX_PIXELS, actual=pixels
        )


def check_animation(size: Size, frames: int) -> None:
    """Raise FrameLimit or PixelLimit for an animation that is to be kept, with this number of frames of this size."""
    if frames > MAX_FRAMES:
        raise FrameLimit(
            f"The animation has {frames} frames; at most {MAX_FRAMES} are kept. {_STILL}",
            limit=MAX_FRAMES,
            actual=frames,
        )
    pixels = size[0] * size[1] * frames
    if pixels > MAX_PIXELS:
        raise PixelLimit(
            f"The animation has {pixels} pixels in all of its frames; at most {MAX_PIXELS} are processed. {_STILL}",
            limit=MAX_PIXELS,
            actual=pixels,
        )


def check_output(size: Size, frames: int = 1) -> None:
    """Raises OutputLimit for so many pictures of this size, be they a result or a step on the way to one."""
    width, height = size
    if max(size) > MAX_OUTPUT_SIDE:
        raise OutputLimit(
            f"The picture would be {width} × {height} pixels; a side may have {MAX_OUTPUT_SIDE}. {_REMEDY}",
            limit=MAX_OUTPUT_SIDE,
            actual=max(size),
        )
    pixels = width * height * frames
    if pixels > MAX_PIXELS:
        raise OutputLimit(
            f"The picture would have {pixels} pixels, all frames counted; {MAX_PIXELS} are made. Make it smaller"
            f"{', or a still by frames: 1' if frames > 1 else ''}.",
            limit=MAX_PIXELS,
            actual=pixels,
        )
