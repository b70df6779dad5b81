"""TIFF: how many pages there are (TIFF 6.0, section 2)."""

from typing import Literal

from darkroom.limits import MOST_FRAMES_COUNTED


def count_pages(data: bytes) -> int:
    """The length of the chain of directories, counted up to `MOST_FRAMES_COUNTED`; at least one.

    A chain that leads back to one of its own directories has that number.
    """
    order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
    pages = 0
    at = _number(data[4:8], order)
    while 0 < at < len(data) and pages < MOST_FRAMES_COUNTED:
        pages += 1
        entries = _number(data[at : at + 2], order)
        behind = at + 2 + 12 * entries
        at = _number(data[behind : behind + 4], order)
    return max(pages, 1)


def _number(field: bytes, order: Literal["little", "big"]) -> int:
    return int.from_bytes(field, order)
