"""What Darkroom knows of a source image once it has looked at it."""

from pydantic import BaseModel, ConfigDict

from darkroom.formats import ImageFormat


class SourceDescription(BaseModel):
    """Metadata of a source. Sizes are pixels as seen, that is after the EXIF orientation was applied.

    GPS coordinates are never part of it: `has_gps` says that they were there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    format: ImageFormat
    width: int
    height: int
    mode: str
    """Pillow's name of the pixel layout as stored, such as `RGB`, `RGBA`, `L`, `CMYK` or `I;16`."""
    has_alpha: bool
    frames: int
    """Frames of an animation, or pages; no more than 10,000 are counted."""
    orientation: int
    """EXIF orientation as stored, 1 to 8; 1 when the file says nothing."""
    dpi: tuple[float, float] | None = None
    icc_profile: str | None = None
    """The profile's own description; None when none is embedded."""
    dominant_color: str
    """`#rrggbb`"""
    thumbhash: str
    """A 25-byte preview, base64 (https://evanw.github.io/thumbhash/)."""
    exif: dict[str, str | int | float]
    """Readable EXIF tags by name, bounded in number and length."""
    has_gps: bool
