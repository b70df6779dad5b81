"""Markup: the HTML with which a page shows the published results of a job."""

from darkroom_client.response_model import ResponseModel


class Candidate(ResponseModel):
    """An image that a browser may choose."""

    variant: str
    url: str
    width: int
    height: int


class ImageSet(ResponseModel):
    """Images of one format, by width."""

    type: str
    """The media type."""
    srcset: str
    candidates: tuple[Candidate, ...]


class LeftOut(ResponseModel):
    """A variant that the markup does not have, and why."""

    variant: str
    reason: str


class Markup(ResponseModel):
    """A `<picture>`, and the data that it consists of."""

    html: str
    sources: tuple[ImageSet, ...]
    """Sets for `<source>`. A browser takes the first whose type it knows."""
    image: ImageSet
    """The set for `<img>`, which all browsers know."""
    src: str
    width: int
    """Width in pixels of the largest image, and with `height` the aspect ratio of all."""
    height: int
    sizes: str
    alt: str
    background: str | None
    """Dominant colour, to show until the image is there; None if the image may be transparent."""
    thumbhash: str
    left_out: tuple[LeftOut, ...]
