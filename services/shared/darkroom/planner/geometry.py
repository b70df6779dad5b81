"""The arithmetic of sizes. Halves are rounded up. Each side has at least one pixel."""

import math
from dataclasses import dataclass

from darkroom.errors import ImageError
from darkroom.recipes import Crop, Fit, Focus, Pad, Position, Resize

Size = tuple[int, int]
"""(width, height) in pixels."""

Box = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels; right and bottom are exclusive."""

_ANCHORS = {
    Position.CENTER: (0.5, 0.5),
    Position.TOP: (0.5, 0.0),
    Position.TOP_RIGHT: (1.0, 0.0),
    Position.RIGHT: (1.0, 0.5),
    Position.BOTTOM_RIGHT: (1.0, 1.0),
    Position.BOTTOM: (0.5, 1.0),
    Position.BOTTOM_LEFT: (0.0, 1.0),
    Position.LEFT: (0.0, 0.5),
    Position.TOP_LEFT: (0.0, 0.0),
    # The pipeline, which has the pixels, replaces these two by a point.
    Position.SMART: (0.5, 0.5),
    Position.ENTROPY: (0.5, 0.5),
}


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The steps of a resize: scale the whole image, keep a part of it, put the part on a canvas."""

    scaled: Size
    """Size of the whole image after scaling."""
    kept: Box
    """The part of the scaled image to keep."""
    canvas: Size
    offset: tuple[int, int]
    """Place of the kept part's top left corner on the canvas."""

    @property
    def kept_size(self) -> Size:
        """Return the size of the kept part."""
        left, top, right, bottom = self.kept
        return right - left, bottom - top


def place(resize: Resize, size: Size) -> Placement:
    """Return the steps of a resize of an image of this size."""
    target = _complete(resize, size)
    scaled = _scaled(resize, size, target)
    room = target if resize.fit is Fit.COVER else scaled
    kept_size = min(room[0], scaled[0]), min(room[1], scaled[1])
    left, top = anchored(resize.position, scaled, kept_size)
    canvas = target if resize.fit is Fit.CONTAIN else kept_size
    return Placement(
        scaled=scaled,
        kept=(left, top, left + kept_size[0], top + kept_size[1]),
        canvas=canvas,
        offset=anchored(resize.position, canvas, kept_size),
    )


def crop_box(crop: Crop, size: Size) -> Box:
    """Return the rectangle to cut out of an image of this size. Raises ImageError if it is empty."""
    across, down = size if crop.unit == "fraction" else (1, 1)
    left, right = _rounded(crop.left * across), _rounded((crop.left + crop.width) * across)
    top, bottom = _rounded(crop.top * down), _rounded((crop.top + crop.height) * down)
    right, bottom = min(right, size[0]), min(bottom, size[1])
    if left >= right or top >= bottom:
        raise ImageError(f"The crop leaves nothing of the image, which has {size[0]} × {size[1]} pixels at this step.")
    return left, top, right, bottom


def rotated_size(size: Size, angle: float) -> Size:
    """Return the size of the smallest upright rectangle around an image that is rotated by `angle` degrees."""
    width, height = size
    sine, cosine = abs(math.sin(math.radians(angle))), abs(math.cos(math.radians(angle)))
    # A rotation by almost 0 degrees must not add a column because of a rounding error of the sine.
    across, down = width * cosine + height * sine, width * sine + height * cosine
    return max(math.ceil(across - 1e-6), 1), max(math.ceil(down - 1e-6), 1)


def padded_size(pad: Pad, size: Size) -> Size:
    """Return the size of an image of this size with the border."""
    return size[0] + pad.left + pad.right, size[1] + pad.top + pad.bottom


def _complete(resize: Resize, size: Size) -> Size:
    """Return the size asked for. A missing side follows from the image's proportions."""
    width, height = resize.width, resize.height
    if width is None:
        width = _following(size[0], size[1], height or 0)
    return width, height if height is not None else _following(size[1], size[0], width)


def _following(side: int, other: int, other_target: int) -> int:
    """Return the length of a side when the other side is scaled to its target."""
    return max(_rounded(side * other_target / other), 1)


def _scaled(resize: Resize, size: Size, target: Size) -> Size:
    """Return the size of the whole image after scaling, before anything is cut off."""
    if resize.width is None or resize.height is None:
        # The target has the image's proportions, except for rounding: nothing may be cut off or left empty.
        smaller = target[0] <= size[0] and target[1] <= size[1]
        return target if smaller or resize.enlarge else size
    across, down = target[0] / size[0], target[1] / size[1]
    if resize.fit in {Fit.COVER, Fit.OUTSIDE}:
        across = down = max(across, down)
    elif resize.fit in {Fit.CONTAIN, Fit.INSIDE}:
        across = down = min(across, down)
    if not resize.enlarge:
        across, down = min(across, 1.0), min(down, 1.0)
    return max(_rounded(size[0] * across), 1), max(_rounded(size[1] * down), 1)


def anchored(position: Position | Focus, outer: Size, inner: Size) -> tuple[int, int]:
    """Return where the smaller rectangle begins in the larger one.

    For a `Position`, an odd pixel goes to the right and the bottom. A `Focus` is rounded to the nearest pixel, half up.
    """
    room = outer[0] - inner[0], outer[1] - inner[1]
    if isinstance(position, Focus):
        return _about(position.x, outer[0], room[0]), _about(position.y, outer[1], room[1])
    across, down = _ANCHORS[position]
    return int(room[0] * across), int(room[1] * down)


def _about(centre: float, length: int, room: int) -> int:
    """Return where a part begins whose middle is as near to the centre as `room` allows."""
    return min(max(_rounded(centre * length - (length - room) / 2), 0), room)


def _rounded(value: float) -> int:
    return math.floor(value + 0.5)
