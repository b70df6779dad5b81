"""What an encoder gets: one picture, or those of an animation in a strip."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from PIL import Image

from darkroom.planner.geometry import Size
from darkroom_processor.pipeline.pixels.raster import Raster

ENDLESS: Final = 0


@dataclass(frozen=True)
class Frames:
    """Pictures of one size. Several make an animation."""

    rasters: tuple[Raster, ...]
    durations: tuple[int, ...] = ()
    """Milliseconds that each picture is shown; none for a single picture."""
    plays: int = ENDLESS
    """How often the animation runs; `ENDLESS` for ever."""

    def __post_init__(self) -> None:
        """Raises ValueError for pictures of several sizes: limits and encoders go by that of the first."""
        if len({raster.size for raster in self.rasters}) != 1:
            raise ValueError("the pictures of a strip have several sizes")

    @property
    def size(self) -> Size:
        """(width, height) of each picture."""
        return self.rasters[0].size

    @property
    def pixels(self) -> int:
        """Of all pictures together."""
        return self.size[0] * self.size[1] * len(self.rasters)

    @property
    def has_alpha(self) -> bool:
        """Whether any of the pictures has an alpha channel."""
        return any(raster.has_alpha for raster in self.rasters)

    @property
    def is_gray(self) -> bool:
        """Whether all of the pictures have one channel of colour."""
        return all(raster.is_gray for raster in self.rasters)

    @property
    def is_animated(self) -> bool:
        """Whether there is more than one picture."""
        return len(self.rasters) > 1

    @cached_property
    def images(self) -> tuple[Image.Image, ...]:
        """The pixels, all in one mode: `L`, `LA`, `RGB` or `RGBA`."""
        if not self.is_animated:
            return (self.rasters[0].straight,)
        mode = ("L" if self.is_gray else "RGB") + ("A" if self.has_alpha else "")
        images = (raster.straight for raster in self.rasters)
        return tuple(image if image.mode == mode else image.convert(mode) for image in images)
