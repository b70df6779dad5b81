"""How large sources may be, and the pictures that are made of them. Asked before any memory is taken for them."""

from typing import Final

from darkroom.errors import FrameLimit, OutputLimit, PixelLimit
from darkroom.limits import MAX_FRAMES, MAX_OUTPUT_SIDE, MAX_PIXELS
from darkroom.making.geometry import Size

_REMEDY: Final = (
    "A recipe that begins with "
    f'{{"op": "resize", "width": {MAX_OUTPUT_SIDE}, "height": {MAX_OUTPUT_SIDE}, "fit": "inside"}} makes it fit.'
)


def check_frames(frames: int) -> None:
    """Raises FrameLimit for a source of so many frames."""
    if frames > MAX_FRAMES:
        raise FrameLimit(f"The image has more than {MAX_FRAMES} frames.", limit=MAX_FRAMES)


def check_pixels(size: Size, frames: int) -> None:
    """Raises PixelLimit for a source of so many frames of this size."""
    pixels = size[0] * size[1] * frames
    if pixels > MAX_PIXELS:
        raise PixelLimit(
            f"The image has {pixels} pixels, all frames counted; {MAX_PIXELS} are processed.",
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
