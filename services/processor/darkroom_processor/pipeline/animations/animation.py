"""An animation as its file stores it: parts of a picture, and what to do with each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from PIL import Image

from darkroom.planner.geometry import Size


class Disposal(Enum):
    """What becomes of the canvas after a frame was shown."""

    KEEP = auto()
    CLEAR = auto()
    """The frame's rectangle becomes transparent."""
    RESTORE = auto()
    """The frame's rectangle becomes what it was before the frame."""


@dataclass(frozen=True, kw_only=True)
class StoredFrame:
    """One frame: a picture that is laid on the canvas."""

    place: tuple[int, int]
    """(left, top) on the canvas, in pixels."""
    size: Size
    over: bool
    """Whether it is composed over what is there. Otherwise it takes its place, transparency included."""
    disposal: Disposal
    milliseconds: float
    """How long it is shown; 0 if the file says nothing of it."""
    decode: Callable[[], Image.Image]
    """Decodes the picture in a working mode, in the file's own colours. Raises what a decoder raises."""

    @property
    def pixels(self) -> int:
        """Width × height."""
        return self.size[0] * self.size[1]


@dataclass(frozen=True, kw_only=True)
class Animation:
    """A canvas, and what is laid on it."""

    size: Size
    """(width, height) of the canvas, in pixels."""
    is_gray: bool
    frames: tuple[StoredFrame, ...]
    """The frames in their order, at most `MOST_FRAMES_COUNTED`."""
    plays: int
    """How often it runs; 0 for ever."""
    begins_with_still: bool = True
    """Whether the first frame is the picture of viewers without animation, rather than one that is not shown."""
    complete: bool = True
    """False if the file ends before all frames that it announces."""
