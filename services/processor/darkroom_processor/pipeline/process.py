"""From the bytes of an image to its variants."""

import hashlib
from collections.abc import Iterator

from darkroom.errors import ImageError
from darkroom.formats import ImageFormat
from darkroom.recipes import Variant
from darkroom_processor.pipeline import plan
from darkroom_processor.pipeline.bounds import check_output
from darkroom_processor.pipeline.decode import decode
from darkroom_processor.pipeline.describe import PREVIEW_SIDE, describe
from darkroom_processor.pipeline.encode import choose_format, encode
from darkroom_processor.pipeline.faults import decoding, making
from darkroom_processor.pipeline.gate import admit
from darkroom_processor.pipeline.operations import apply
from darkroom_processor.pipeline.raster import Raster, Size
from darkroom_processor.pipeline.work import Failure, Outcome, Picture, Processed, Work


def process(data: bytes, work: Work) -> Processed:
    """Make all variants of one image and, if asked for, its description.

    Raises an ImageError when the source itself is refused or cannot be decoded. What only one variant suffers from is
    that variant's Failure.
    """
    with decoding():
        source = admit(data)
        decoded = decode(source, lambda size: _needed_scale(work, size))
        description = describe(source, decoded) if work.describe else None
    raster = decoded.raster
    del decoded
    outcomes = {outcome.name: outcome for outcome in _follow(plan.common_steps(work.variants), raster, source.format)}
    return Processed(description=description, outcomes=tuple(outcomes[variant.name] for variant in work.variants))


def _needed_scale(work: Work, size: Size) -> float:
    """The least part of the true size that serves the variants and the description."""
    for_preview = min(PREVIEW_SIDE / max(size), 1.0) if work.describe else 0.0
    return max(plan.needed_scale(work.variants, size), for_preview)


def _follow(step: plan.Step, raster: Raster, source: ImageFormat) -> Iterator[Outcome]:
    """Outcomes of the variants at this step, then of those beyond it. Pixels are kept only while they are needed."""
    for variant in step.variants:
        yield _write(variant, raster, source)
    for operation, following in step.following.items():
        try:
            with making():
                changed = apply(operation, raster)
        except ImageError as error:
            yield from (Failure.of(variant.name, error) for variant in following.all_variants())
        else:
            yield from _follow(following, changed, source)


def _write(variant: Variant, raster: Raster, source: ImageFormat) -> Outcome:
    image_format = choose_format(variant.output, source, has_alpha=raster.has_alpha)
    try:
        check_output(raster.size)
        with making():
            data = encode(raster, variant.output, image_format)
    except ImageError as error:
        return Failure.of(variant.name, error)
    return Picture(
        name=variant.name,
        format=image_format,
        data=data,
        width=raster.size[0],
        height=raster.size[1],
        sha256=hashlib.sha256(data).hexdigest(),
    )
