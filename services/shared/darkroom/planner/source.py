"""What must be known of a source to tell what becomes of it."""

from dataclasses import dataclass
from math import isqrt
from typing import Final, Self

from darkroom.formats import ImageFormat
from darkroom.limits import MAX_PIXELS
from darkroom.planner.geometry import Size
from darkroom.planner.image_spec import Alpha, ImageSpec
from darkroom.source_description import SourceDescription

_PIXELS_PER_BYTE: Final = 4
"""Of a photograph as JPEG; other formats have fewer."""
_FORMATS: Final = {image_format.media_type: image_format for image_format in ImageFormat}


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source image without its pixels."""

    format: ImageFormat
    size: Size
    """As seen, after the EXIF orientation."""
    alpha: Alpha
    frames: int = 1
    bytes: int = 0
    """Of the file; 0 when that is not known."""
    certain: bool = True
    """Whether this is known, rather than guessed."""

    @property
    def spec(self) -> ImageSpec:
        """The picture that the operations begin with."""
        return ImageSpec(size=self.size, alpha=self.alpha)

    @property
    def pixels(self) -> int:
        """Width × height of one frame."""
        return self.spec.pixels

    @classmethod
    def described(cls, description: SourceDescription, *, size: int) -> Self:
        """A source that has been looked at, of so many bytes."""
        return cls(
            format=description.format,
            size=(description.width, description.height),
            alpha=Alpha.PERHAPS if description.has_alpha else Alpha.NONE,
            frames=description.frames,
            bytes=size,
        )

    @classmethod
    def guessed(cls, *, size: int, content_type: str | None) -> Self:
        """A source of which only the number of bytes is known, and perhaps the type: it is taken for a large photo."""
        side = max(1, isqrt(min(size * _PIXELS_PER_BYTE, MAX_PIXELS)))
        known = _FORMATS.get(content_type or "", ImageFormat.JPEG)
        return cls(format=known, size=(side, side), alpha=Alpha.NONE, bytes=size, certain=False)
