"""Clean aperture: the crop of an AVIF (`clap`: ISO/IEC 14496-12, section 12.1.4; ISO/IEC 23008-12, section 6.5.9)."""

from fractions import Fraction

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.containers.boxes import Box

Crop = tuple[int, int, int, int]
"""(left, top, right, bottom) in pixels of the stored picture."""


def read_crop(data: bytes, clap: Box, size: Size) -> Crop | None:
    """Return the part of a picture of this size that is shown, before rotation and mirroring.

    None if that is all of it, or if the box is invalid. Edges must be whole pixels (ISO/IEC 23000-22, section 7.3.6.7)
    and inside the picture. Browsers ignore an invalid box too.
    """
    body = data[clap.body : clap.end]
    numbers = [int.from_bytes(body[at : at + 4], "big", signed=True) for at in range(0, 32, 4)]
    if len(body) < 32 or min(numbers[1::2]) < 1:
        return None
    width, height, across, down = (Fraction(numbers[at], numbers[at + 1]) for at in (0, 2, 4, 6))
    left, top = (size[0] - width) / 2 + across, (size[1] - height) / 2 + down
    edges = left, top, left + width, top + height
    if any(edge.denominator != 1 for edge in edges) or width < 1 or height < 1:
        return None
    crop = int(edges[0]), int(edges[1]), int(edges[2]), int(edges[3])
    inside = min(crop) >= 0 and crop[2] <= size[0] and crop[3] <= size[1]
    return crop if inside and crop != (0, 0, *size) else None
