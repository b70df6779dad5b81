"""What is known of a picture before it is made: how large it becomes, and whether it has transparency.

Sizes are those that the pipeline makes, by the same formulas. After a `trim`, which looks at pixels, there is only a
bound, and what follows is bounded by that: no side can be longer than told, whatever the trim leaves.
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
    """Whether a picture has an alpha channel."""

    NONE = auto()
    PERHAPS = auto()
    """The file can have one. It counts only if a pixel is not opaque, which the pixels tell."""
    CERTAIN = auto()


@dataclass(frozen=True, kw_only=True)
class ImageSpec:
    """A picture without its pixels."""

    size: Size
    exact: bool = True
    """Otherwise no side is longer than `size` says."""
    alpha: Alpha

    @property
    def pixels(self) -> int:
        """At most, if the size is a bound."""
        return self.size[0] * self.size[1]


_CANVASES: Final = (Resize, Pad, Round, Watermark)
"""Operations that take memory for all of a new picture, and refuse before that if it would be too large. What is turned
by any angle may be shrunk before, if a resize follows: whether it is too large depends on what it is turned for."""


def final_spec(operations: Sequence[AnyOperation], spec: ImageSpec, *, frames: int = 1) -> ImageSpec:
    """What all of the operations make of a picture, or of each frame of an animation that is kept.

    Raises ImageError and OutputLimit where the pipeline is certain to.
    """
    for operation in operations:
        spec = spec_after(operation, spec)
        if frames > 1:
            _check(spec, frames)
    _check(spec, frames)
    return spec


def spec_after(operation: AnyOperation, spec: ImageSpec) -> ImageSpec:
    """The picture after one operation. Raises ImageError and OutputLimit where the pipeline is certain to."""
    size, exact = _size_after(operation, spec)
    alpha = _alpha_after(operation, spec)
    if not isinstance(operation, _CANVASES):
        return ImageSpec(size=size, exact=exact, alpha=alpha)
    made = ImageSpec(size=size, exact=exact, alpha=alpha)
    _check(made, 1)
    return made if exact else ImageSpec(size=_within_limit(size), exact=False, alpha=alpha)


def can_fit(spec: ImageSpec, frames: int) -> bool:
    """Whether so many frames of this picture are not certain to be too large."""
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
    """The size, and whether it is exact."""
    if isinstance(operation, Resize) and _gives_what_is_asked(operation):
        return place(operation, spec.size).canvas, True
    if spec.exact:
        return _exact_size_after(operation, spec.size), not isinstance(operation, Trim)
    return _most_after(operation, spec.size), False


def _exact_size_after(operation: AnyOperation, size: Size) -> Size:
    """Of a picture of just this size; for a trim, when it finds nothing to cut away."""
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
    """The longest sides after the operation, when the picture has at most this size."""
    match operation:
        case Resize():
            return _most_after_resize(operation, size)
        case Crop(unit="fraction"):
            # Fractions of a smaller picture may be rounded up where those of this one are rounded down.
            return min(int(operation.width * size[0]) + 1, size[0]), min(int(operation.height * size[1]) + 1, size[1])
        case _:
            return _exact_size_after(operation, size)


def _gives_what_is_asked(resize: Resize) -> bool:
    """Whether the result has the size asked for, whatever the picture's own."""
    if resize.width is None or resize.height is None:
        return False
    return resize.fit is Fit.CONTAIN or (resize.enlarge and resize.fit in {Fit.COVER, Fit.FILL})


def _most_after_resize(resize: Resize, size: Size) -> Size:
    """Of the picture's proportions nothing is known: it may be one pixel wide."""
    width, height = size
    both = resize.width is not None and resize.height is not None
    # The canvas of `contain` is as large as was asked, whether or not the picture is enlarged.
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
    """A canvas has transparency when its background does; the other operations leave it as it is."""
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
    """The background counts only where the picture leaves some of it to be seen."""
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
    """Whether it turns by another angle than a right one."""
    return isinstance(operation, Rotate) and operation.angle % 90 != 0
