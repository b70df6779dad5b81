"""An animation as its file stores it: frames, and how each one is put on the canvas."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from PIL import Image

from darkroom.planner.geometry import Size


class Disposal(Enum):
    """How the canvas changes after a frame is shown (disposal)."""

    KEEP = auto()
    CLEAR = auto()
    """The frame's rectangle becomes transparent."""
    RESTORE = auto()
    """The frame's rectangle is restored to what it was before the frame."""


@dataclass(frozen=True, kw_only=True)
class StoredFrame:
    """One frame: a picture that is drawn on the canvas."""

    place: tuple[int, int]
    """(left, top) on the canvas, in pixels."""
    size: Size
    over: bool
    """Whether it is blended over the canvas (APNG's blend operation OVER). If not, it replaces the canvas, transparency
    included (SOURCE)."""
    disposal: Disposal
    milliseconds: float
    """How long it is shown; 0 if the file does not say."""
    decode: Callable[[], Image.Image]
    """Decodes the picture into a working mode, in the file's own colours. Raises what a decoder raises."""

    @property
    def pixels(self) -> int:
        """Width × height."""
        return self.size[0] * self.size[1]


@dataclass(frozen=True, kw_only=True)
class Animation:
    """A canvas, and the frames that are drawn on it."""

    size: Size
    """(width, height) of the canvas, in pixels."""
    is_gray: bool
    frames: tuple[StoredFrame, ...]
    """The frames in the order of the file, at most `MOST_FRAMES_COUNTED`."""
    plays: int
    """How often the animation runs; 0 means for ever."""
    begins_with_still: bool = True
    """Whether the first frame is also the still picture, which viewers without animation show. False if the still
    picture is not part of the animation."""
    complete: bool = True
    """False if the file ends before the number of frames that it announces."""
