"""The result of cleaning a file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cleaned:
    """A file for a decoder, and the metadata that cleaning read from it."""

    data: bytes
    """The file: the same object if nothing was changed."""
    exif: bytes | None = None
    """The EXIF block, if the decoder would not find it."""
    xmp: bytes | None = None
    """The XMP packet, if the decoder would not find it."""
    ended: bool = True
    """False if the end marker was missing. Then only decoding shows whether pixels are missing too."""
