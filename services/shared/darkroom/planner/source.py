"""The source of a plan: what must be known of an image to predict its results."""

from dataclasses import dataclass
from math import isqrt
from typing import Final, Self

from darkroom.formats import ImageFormat
from darkroom.limits import MAX_PIXELS
from darkroom.planner.geometry import Size
from darkroom.planner.image_spec import Alpha, ImageSpec
from darkroom.source_description import SourceDescription

_PIXELS_PER_BYTE: Final = 4
"""Pixels per byte of a photo as JPEG. Other formats have fewer."""
_FORMATS: Final = {image_format.media_type: image_format for image_format in ImageFormat}


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source without its pixels."""

    format: ImageFormat
    size: Size
    """(width, height) in pixels, after the EXIF orientation."""
    alpha: Alpha
    frames: int = 1
    bytes: int = 0
    """Bytes of the file; 0 if unknown."""
    certain: bool = True
    """Whether all of this is known; False if it is a guess."""

    @property
    def spec(self) -> ImageSpec:
        """Return the image that the operations begin with."""
        return ImageSpec(size=self.size, alpha=self.alpha)

    @property
    def pixels(self) -> int:
        """Return the pixels of one frame: width × height."""
        return self.spec.pixels

    @classmethod
    def described(cls, description: SourceDescription, *, size: int) -> Self:
        """Return a source with a description. `size` is in bytes."""
        return cls(
            format=description.format,
            size=(description.width, description.height),
            alpha=Alpha.PERHAPS if description.has_alpha else Alpha.NONE,
            frames=description.frames,
            bytes=size,
        )

    @classmethod
    def guessed(cls, *, size: int, content_type: str | None) -> Self:
        """Return a guess for a file of `size` bytes, perhaps with a media type: a large photo."""
        side = max(1, isqrt(min(size * _PIXELS_PER_BYTE, MAX_PIXELS)))
        known = _FORMATS.get(content_type or "", ImageFormat.JPEG)
        return cls(format=known, size=(side, side), alpha=Alpha.NONE, bytes=size, certain=False)
