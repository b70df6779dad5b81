"""The markup of a job's published results, as data."""

from dataclasses import dataclass

from darkroom_upload.markup.candidates import LeftOut
from darkroom_upload.markup.picture import Picture


@dataclass(frozen=True, kw_only=True)
class Markup:
    """A picture, and what its HTML says besides."""

    picture: Picture
    alt: str
    """Text for people who do not see the image."""
    sizes: str
    """The width at which the page shows the image, as in the attribute `sizes`."""
    background: str | None
    """Colour to show until the image is there; None if the image may be transparent."""
    thumbhash: str
    """A preview of some 25 bytes, in base64."""
    left_out: tuple[LeftOut, ...]
