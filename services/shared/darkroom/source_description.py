"""The description of a source: what Darkroom knows of an original's image after reading it."""

from pydantic import BaseModel, ConfigDict

from darkroom.formats import ImageFormat


class SourceDescription(BaseModel):
    """Metadata of a source. Sizes are pixels after the EXIF orientation is applied.

    It never has GPS coordinates; `has_gps` says whether the file has them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    format: ImageFormat
    width: int
    height: int
    mode: str
    """Pillow's name of the pixel layout in the file, such as `RGB`, `RGBA`, `L`, `CMYK` or `I;16`."""
    has_alpha: bool
    frames: int
    """Number of frames of an animation, or of pages; at most 10,000 are counted."""
    orientation: int
    """EXIF orientation in the file, 1 to 8; 1 if the file has none."""
    dpi: tuple[float, float] | None = None
    icc_profile: str | None = None
    """The name in the embedded ICC profile; None without a profile."""
    dominant_color: str
    """Dominant colour, as `#rrggbb`."""
    thumbhash: str
    """Preview of 25 bytes, in base64 (https://evanw.github.io/thumbhash/)."""
    exif: dict[str, str | int | float]
    """Readable EXIF tags by name, limited in number and length."""
    has_gps: bool
