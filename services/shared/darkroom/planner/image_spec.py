"""Predicts the image after each operation: its size, and whether it has transparency.

The pipeline uses the same formulas, so sizes are exact. The result of a `trim` depends on pixels: from there on, a size
is only an upper bound for each side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from darkroom.errors import ImageError
from darkroom.limits import MAX_OUTPUT_SIDE
from darkroom.planner.geometry import Size, crop_box, padded_size, place, rotated_size
from darkroom.planner.size_limits import check_output
from darkroom.recipes import AnyOperation, Crop, Fit, Flatten, Pad, Resize, Rotate, Round, Trim, Watermark


class Alpha(Enum):
    """Whether an image has an alpha channel."""

    NONE = auto()
    PERHAPS = auto()
    """The file can have one. It is used only if some pixel is not opaque, which depends on the pixels."""
    CERTAIN = auto()


@dataclass(frozen=True, kw_only=True)
class ImageSpec:
    """An image without its pixels."""

    size: Size
    exact: bool = True
    """Whether the size is exact. If not, it is an upper bound for each side."""
    alpha: Alpha

    @property
    def pixels(self) -> int:
        """Return width × height."""
        return self.size[0] * self.size[1]


_CANVASES: Final = (Resize, Pad, Round, Watermark)
"""Operations that allocate a whole new image, and fail before that if it is too large. A rotation by any angle is not
among them: if a resize follows, the image may be reduced first, so whether it is too large depends on the rest."""


def final_spec(operations: Sequence[AnyOperation], spec: ImageSpec, *, frames: int = 1) -> ImageSpec:
    """Return the image after all operations; with `frames` above 1, each frame of an animation that is kept.

    Raises ImageError and OutputLimit if the pipeline is certain to raise them.
    """
    for operation in operations:
        spec = spec_after(operation, spec)
        if frames > 1:
            _check(spec, frames)
    _check(spec, frames)
    return spec


def spec_after(operation: AnyOperation, spec: ImageSpec) -> ImageSpec:
    """Return the image after one operation. Raises ImageError and OutputLimit if the pipeline is certain to."""
    size, exact = _size_after(operation, spec)
    alpha = _alpha_after(operation, spec)
    if not isinstance(operation, _CANVASES):
        return ImageSpec(size=size, exact=exact, alpha=alpha)
    made = ImageSpec(size=size, exact=exact, alpha=alpha)
    _check(made, 1)
    return made if exact else ImageSpec(size=_within_limit(size), exact=False, alpha=alpha)


def can_fit(spec: ImageSpec, frames: int) -> bool:
    """Return whether this number of frames of the image may be within the limits."""
    try:
        _check(spec, frames)
    except ImageError:
        return False
    return True


def _check(spec: ImageSpec, frames: int) -> None:
    if spec.exact:
        check_output(spec.size, frames)


def _within_limit(size: Size) -> Size:
    return min(size[0], MAX_OUTPUT_SIDE), min(size[1], MAX_OUTPUT_SIDE)


def _size_after(operation: AnyOperation, spec: ImageSpec) -> tuple[Size, bool]:
    """Return the size, and whether it is exact."""
    if isinstance(operation, Resize) and _gives_what_is_asked(operation):
        return place(operation, spec.size).canvas, True
    if spec.exact:
        return _exact_size_after(operation, spec.size), not isinstance(operation, Trim)
    return _most_after(operation, spec.size), False


def _exact_size_after(operation: AnyOperation, size: Size) -> Size:
    """Return the size after an operation on an image of exactly this size. A trim is taken to cut nothing."""
    match operation:
        case Resize():
            return place(operation, size).canvas
        case Crop():
            left, top, right, bottom = crop_box(operation, size)
            return right - left, bottom - top
        case Rotate():
            return rotated_size(size, operation.angle)
        case Pad():
            return padded_size(operation, size)
        case _:
            return size


def _most_after(operation: AnyOperation, size: Size) -> Size:
    """Return an upper bound for the sides after an operation on an image of at most this size."""
    match operation:
        case Resize():
            return _most_after_resize(operation, size)
        case Crop(unit="fraction"):
            # Rounding may go up for a smaller image where it goes down for this one.
            return min(int(operation.width * size[0]) + 1, size[0]), min(int(operation.height * size[1]) + 1, size[1])
        case _:
            return _exact_size_after(operation, size)


def _gives_what_is_asked(resize: Resize) -> bool:
    """Return whether the result has the size asked for, regardless of the image's size."""
    if resize.width is None or resize.height is None:
        return False
    return resize.fit is Fit.CONTAIN or (resize.enlarge and resize.fit in {Fit.COVER, Fit.FILL})


def _most_after_resize(resize: Resize, size: Size) -> Size:
    """Return an upper bound after a resize of an image with unknown proportions: it may be one pixel wide."""
    width, height = size
    both = resize.width is not None and resize.height is not None
    # The canvas of `contain` always has the size asked for, even if the image is not enlarged.
    if not resize.enlarge and resize.fit is not Fit.CONTAIN:
        if both and resize.fit is Fit.OUTSIDE:
            return size
        return min(resize.width or width, width), min(resize.height or height, height)
    if both and resize.fit is Fit.INSIDE:
        return resize.width or width, resize.height or height
    across = max(resize.width or 0, width * (resize.height or 0))
    down = max(resize.height or 0, height * (resize.width or 0))
    return across, down


def _alpha_after(operation: AnyOperation, spec: ImageSpec) -> Alpha:
    """Return the alpha after an operation. A canvas has that of its background; other operations do not change it."""
    match operation:
        case Flatten():
            return Alpha.NONE
        case Pad() | Round():
            return _of_background(operation.background)
        case Rotate() if _tilts(operation):
            return _of_background(operation.background)
        case Resize(fit=Fit.CONTAIN):
            return _alpha_after_contain(operation, spec)
        case _:
            return spec.alpha


def _alpha_after_contain(resize: Resize, spec: ImageSpec) -> Alpha:
    """Return the alpha after `contain`. The background matters only if the image does not cover it."""
    background = _of_background(resize.background)
    placement = place(resize, spec.size)
    if background is Alpha.NONE or (spec.exact and placement.canvas != placement.kept_size):
        return background
    if spec.exact or spec.alpha is Alpha.CERTAIN:
        return spec.alpha
    return Alpha.PERHAPS


def _of_background(color: str) -> Alpha:
    opaque = color != "transparent" and (len(color) <= len("#rrggbb") or color.lower().endswith("ff"))
    return Alpha.NONE if opaque else Alpha.CERTAIN


def _tilts(operation: AnyOperation) -> bool:
    """Return whether the operation rotates by an angle that is not a multiple of 90 degrees."""
    return isinstance(operation, Rotate) and operation.angle % 90 != 0
