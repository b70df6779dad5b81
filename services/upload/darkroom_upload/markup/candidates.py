"""The candidates: results of a job that a page can show, each with its address and its size."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from darkroom.formats import ImageFormat
from darkroom.jobs import Job, VariantResult, VariantState, VariantStatus
from darkroom.object_keys import public_key
from darkroom.planner.image_spec import Alpha, final_spec
from darkroom.planner.output_format import requested_format
from darkroom.planner.source import Source
from darkroom.recipes import Recipe, Variant
from darkroom_upload.planning.prediction import predict
from darkroom_upload.results.result_links import ResultLinks

SHOWN: Final = (ImageFormat.AVIF, ImageFormat.WEBP, ImageFormat.JPEG, ImageFormat.PNG, ImageFormat.GIF)
"""The formats that browsers show, those with the fewest bytes first."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One image that a browser may choose."""

    variant: str
    format: ImageFormat
    size: tuple[int, int]
    """(width, height) in pixels."""
    url: str
    is_opaque: bool
    """Whether no pixel is transparent. False if the pixels decide."""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A variant that the markup does not have, and the reason for people."""

    variant: str
    reason: str


def candidates_of(job: Job, recipe: Recipe, source: Source, links: ResultLinks) -> Iterator[Candidate | LeftOut]:
    """Yield each variant of a published job as a candidate, or the reason why it is none.

    The size of a variant on request is computed: it is made when a browser asks for it for the first time.
    """
    for variant in recipe.variants:
        found = _found(job, variant, source)
        if isinstance(found, str):
            yield LeftOut(variant=variant.name, reason=found)
            continue
        image_format, size = found
        yield Candidate(
            variant=variant.name,
            format=image_format,
            size=size,
            url=links.public(public_key(job.job_id, variant.name, image_format.extension)),
            is_opaque=_is_opaque(variant, image_format, source),
        )


def _found(job: Job, variant: Variant, source: Source) -> tuple[ImageFormat, tuple[int, int]] | str:
    """Return the format and the size of a variant, or the reason why a page cannot show it."""
    state = job.variants.get(variant.name, VariantState())
    if state.result:
        return _shown(state.result)
    if state.status is VariantStatus.FAILED:
        return "it failed"
    if state.on_request is None:
        return "it was not made"
    image_format, image = requested_format(state.on_request, source.format), predict(variant, source).image
    if image is None:
        return "it is certain to fail"
    if not image.size_exact:
        return "its size depends on the pixels, and is not known before it is made"
    return (image_format, image.size) if image_format in SHOWN else _not_shown(image_format)


def _shown(result: VariantResult) -> tuple[ImageFormat, tuple[int, int]] | str:
    return (result.format, (result.width, result.height)) if result.format in SHOWN else _not_shown(result.format)


def _not_shown(image_format: ImageFormat) -> str:
    return f"browsers do not show {image_format}"


def _is_opaque(variant: Variant, image_format: ImageFormat, source: Source) -> bool:
    return not image_format.can_have_alpha or final_spec(variant.operations, source.spec).alpha is Alpha.NONE
