"""An image pyramid: makes small copies of an image from larger copies, not each of them from all pixels.

A copy made from one that is 1.5 times as large differs from a direct Lanczos by 49 dB or more (measured). Any lossy
encoder loses far more than that.
"""

from collections.abc import Iterable
from typing import Final

from darkroom.planner.geometry import Size, place
from darkroom.recipes import AnyOperation, Filter, Resize
from darkroom_processor.pipeline.pixels.raster import Raster

_LEAST_RATIO: Final = 1.5


class Pyramid:
    """The scaled copies of one raster, largest first."""

    def __init__(self, full: Raster) -> None:
        self._full = full
        self._levels: list[tuple[Filter | None, Raster]] = []

    def ordered(self, operations: Iterable[AnyOperation]) -> list[AnyOperation]:
        """Return the operations in the order to carry them out: resizes first, from large to small."""
        return sorted(operations, key=self._smallness)

    def base_for(self, operation: AnyOperation) -> Raster:
        """Return the smallest copy that is large enough for the operation, or the full raster."""
        if isinstance(operation, Resize):
            across, down = place(operation, self._full.size).scaled
            for kernel, level in reversed(self._levels):
                ratio = min(level.size[0] / across, level.size[1] / down)
                if kernel is operation.filter and ratio >= _LEAST_RATIO:
                    return Raster(level.image, self._full.size, level.size)
        return self._full

    def add(self, operation: AnyOperation, made: Raster) -> None:
        """Add the raster that an operation made, if it is a copy of the whole image without a border or background."""
        if isinstance(operation, Resize) and operation.filter is not Filter.NEAREST:
            placement = place(operation, self._full.size)
            is_whole = placement.scaled == placement.kept_size == placement.canvas
            if is_whole and made.has_alpha == self._full.has_alpha:
                self._levels.append((operation.filter, made))

    def _smallness(self, operation: AnyOperation) -> float:
        if not isinstance(operation, Resize):
            return 1.0
        return -_area(place(operation, self._full.size).scaled)


def _area(size: Size) -> float:
    return float(size[0] * size[1])
