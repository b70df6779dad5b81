"""Grid items of AVIF and HEIC: images made of tiles (ISO/IEC 23008-12, section 6.6.2.3)."""

from dataclasses import dataclass
from typing import Final

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.containers.items import Item

_MOST_BYTES: Final = 12
_FLAGS_AT: Final = 1
_SIZE_AT: Final = 4


@dataclass(frozen=True, kw_only=True)
class Grid:
    """How tiles make an image. They go from left to right, then from top to bottom."""

    rows: int
    columns: int
    size: Size
    """(width, height) of the image in pixels. Pixels of tiles beyond it are cut off."""

    def fits(self, tile: Size) -> bool:
        """Whether tiles of this size cover the image, and no row or column of tiles lies beyond it.

        MIAF requires both (ISO/IEC 23000-22, section 7.3.11.4.2).
        """
        counts = (self.columns, self.rows)
        return all(
            (count - 1) * side < whole <= count * side
            for count, side, whole in zip(counts, tile, self.size, strict=True)
        )


def to_bytes(grid: Grid) -> bytes:
    """Return the data of an item that holds this grid."""
    wide = max(grid.size) > 0xFFFF
    sides = (side.to_bytes(4 if wide else 2, "big") for side in grid.size)
    return bytes([0, wide, grid.rows - 1, grid.columns - 1]) + b"".join(sides)


def read(data: bytes, item: Item) -> Grid | None:
    """Read the grid that an item holds. None if it has too few bytes."""
    body = item.data(data, _MOST_BYTES)
    side = 4 if len(body) > _FLAGS_AT and body[_FLAGS_AT] & 1 else 2
    if len(body) < _SIZE_AT + 2 * side:
        return None
    width, height = (int.from_bytes(body[at : at + side], "big") for at in (_SIZE_AT, _SIZE_AT + side))
    return Grid(rows=body[2] + 1, columns=body[3] + 1, size=(width, height))
