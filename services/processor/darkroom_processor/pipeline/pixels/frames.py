"""The frames that an encoder writes: one for a still image, several for an animation."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from PIL import Image

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.pixels.raster import Raster

ENDLESS: Final = 0


@dataclass(frozen=True)
class Frames:
    """Rasters of one size. Several make an animation."""

    rasters: tuple[Raster, ...]
    durations: tuple[int, ...] = ()
    """Milliseconds that each frame is shown; empty for a still image."""
    plays: int = ENDLESS
    """How often the animation plays; `ENDLESS` for ever."""

    def __post_init__(self) -> None:
        """Raises ValueError for rasters of several sizes: limits and encoders only look at the first size."""
        if len({raster.size for raster in self.rasters}) != 1:
            raise ValueError("the frames have several sizes")

    @property
    def size(self) -> Size:
        """(width, height) of each frame."""
        return self.rasters[0].size

    @property
    def pixels(self) -> int:
        """Pixels of all frames together."""
        return self.size[0] * self.size[1] * len(self.rasters)

    @property
    def has_alpha(self) -> bool:
        """Whether any frame has an alpha channel."""
        return any(raster.has_alpha for raster in self.rasters)

    @property
    def is_gray(self) -> bool:
        """Whether all frames are grey."""
        return all(raster.is_gray for raster in self.rasters)

    @property
    def is_animated(self) -> bool:
        """Whether there are several frames."""
        return len(self.rasters) > 1

    @cached_property
    def images(self) -> tuple[Image.Image, ...]:
        """The pixels of each frame, all in one mode: `L`, `LA`, `RGB` or `RGBA`."""
        if not self.is_animated:
            return (self.rasters[0].straight,)
        mode = ("L" if self.is_gray else "RGB") + ("A" if self.has_alpha else "")
        images = (raster.straight for raster in self.rasters)
        return tuple(image if image.mode == mode else image.convert(mode) for image in images)
