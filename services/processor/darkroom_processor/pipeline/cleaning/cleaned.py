"""The result of cleaning a file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cleaned:
    """A file for a decoder, and what was read of it on the way."""

    data: bytes
    """The file: the same object if there was nothing to do."""
    exif: bytes | None = None
    """The EXIF block, if the decoder would not find it by itself."""
    xmp: bytes | None = None
    """The XMP packet, likewise."""
    ended: bool = True
    """False if the mark of the end is missing, so that only decoding can tell whether pixels are missing, too."""
