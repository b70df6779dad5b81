"""The body of `GET /jobs/{id}/markup` as JSON."""

from typing import Self

from darkroom_upload.markup.html import picture_html
from darkroom_upload.markup.markup import Markup
from darkroom_upload.markup.picture import ImageSet
from darkroom_upload.response_body import ResponseBody


class CandidateBody(ResponseBody):
    """An image that a browser may choose."""

    variant: str
    url: str
    width: int
    height: int


class ImageSetBody(ResponseBody):
    """Images of one format, by width."""

    type: str
    """The media type."""
    srcset: str
    candidates: tuple[CandidateBody, ...]

    @classmethod
    def of(cls, one: ImageSet) -> Self:
        """Return the body of a set."""
        candidates = tuple(
            CandidateBody(variant=each.variant, url=each.url, width=each.size[0], height=each.size[1])
            for each in one.candidates
        )
        return cls(type=one.format.media_type, srcset=one.srcset, candidates=candidates)


class LeftOutBody(ResponseBody):
    """A variant that the markup does not have."""

    variant: str
    reason: str


class MarkupBody(ResponseBody):
    """The markup of a job, as HTML and as the data that it consists of."""

    html: str
    """A `<picture>` to paste into a page."""
    sources: tuple[ImageSetBody, ...]
    """Sets of images for `<source>`. A browser takes the first whose type it knows."""
    image: ImageSetBody
    """The set for `<img>`, which all browsers know."""
    src: str
    """Address of the largest image of this set."""
    width: int
    """Width in pixels of the largest image, and with `height` the aspect ratio of all."""
    height: int
    sizes: str
    alt: str
    background: str | None
    """Dominant colour, to show until the image is there; null if the image may be transparent."""
    thumbhash: str
    """A preview of some 25 bytes, base64 (https://evanw.github.io/thumbhash/)."""
    left_out: tuple[LeftOutBody, ...]
    """Variants that the markup does not have, and why."""

    @classmethod
    def of(cls, markup: Markup) -> Self:
        """Return the body."""
        picture, largest = markup.picture, markup.picture.fallback.largest
        return cls(
            html=picture_html(markup),
            sources=tuple(map(ImageSetBody.of, picture.sources)),
            image=ImageSetBody.of(picture.fallback),
            src=largest.url,
            width=largest.size[0],
            height=largest.size[1],
            sizes=markup.sizes,
            alt=markup.alt,
            background=markup.background,
            thumbhash=markup.thumbhash,
            left_out=tuple(LeftOutBody(variant=each.variant, reason=each.reason) for each in markup.left_out),
        )
