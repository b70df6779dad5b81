"""From the bytes of an image to its variants."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from darkroom.errors import ImageError
from darkroom.formats import ImageFormat
from darkroom.making.bounds import check_output
from darkroom.making.decoding import needed_scale
from darkroom.making.output_format import choose_format, keeps_frames
from darkroom.making.steps import Step, common_steps
from darkroom.recipes import Variant
from darkroom_processor.pipeline import library
from darkroom_processor.pipeline.animate import animate
from darkroom_processor.pipeline.decode import Decoded, decode
from darkroom_processor.pipeline.describe import describe
from darkroom_processor.pipeline.encode import encode
from darkroom_processor.pipeline.faults import decoding, making
from darkroom_processor.pipeline.gate import Source, admit
from darkroom_processor.pipeline.keep import keep
from darkroom_processor.pipeline.ladder import Ladder
from darkroom_processor.pipeline.operations import apply
from darkroom_processor.pipeline.overlays import Overlays
from darkroom_processor.pipeline.raster import Raster
from darkroom_processor.pipeline.strip import Strip
from darkroom_processor.pipeline.work import Failure, Outcome, Picture, Processed, Work


def process(data: bytes, work: Work) -> Processed:
    """Make all variants of one image and, if asked for, its description.

    Raises an ImageError when the source itself is refused or cannot be decoded. What only one variant suffers from is
    that variant's Failure.
    """
    library.set_up()
    with decoding():
        source = admit(data)
        decoded = decode(source, lambda size: needed_scale(work.variants, size, describe=work.describe))
        description = describe(source, decoded) if work.describe else None
    outcomes = {outcome.name: outcome for outcome in _outcomes(work, source, decoded)}
    return Processed(description=description, outcomes=tuple(outcomes[variant.name] for variant in work.variants))


def _outcomes(work: Work, source: Source, decoded: Decoded) -> Iterator[Outcome]:
    writer = _Writer(source.format, decoded.exif)
    overlays = Overlays(work.overlays)
    moving = tuple(
        variant for variant in work.variants if source.frames > 1 and keeps_frames(variant.output, source.format)
    )
    if moving:
        strips = animate(source, decoded, moving, overlays)
        for variant in moving:
            yield writer.write(variant, strips.pop(variant.name))
    still = tuple(variant for variant in work.variants if variant not in moving)
    yield from _follow(common_steps(still), decoded.raster, writer, overlays)


def _follow(step: Step, raster: Raster, writer: "_Writer", overlays: Overlays) -> Iterator[Outcome]:
    """Outcomes of the variants at this step, then of those beyond it. Pixels are kept only while they are needed."""
    for variant in step.variants:
        yield writer.write(variant, Strip((raster,)))
    ladder = Ladder(raster)
    for operation in ladder.ordered(step.following):
        following = step.following[operation]
        try:
            with making():
                changed = apply(operation, ladder.rung_for(operation), overlays)
        except ImageError as error:
            yield from (Failure.of(variant.name, error) for variant in following.all_variants())
        else:
            ladder.keep(operation, changed)
            yield from _follow(following, changed, writer, overlays)


@dataclass(frozen=True)
class _Writer:
    """Writes the results of one source."""

    source: ImageFormat
    exif: Image.Exif

    def write(self, variant: Variant, made: Strip | ImageError) -> Outcome:
        """The variant's outcome."""
        if isinstance(made, ImageError):
            return Failure.of(variant.name, made)
        chosen = choose_format(variant.output, self.source, has_alpha=made.has_alpha, animated=made.is_animated)
        try:
            check_output(made.size, len(made.rasters))
            with making():
                data = encode(made, variant.output, chosen, keep(variant.output.keep_metadata, self.exif))
        except ImageError as error:
            return Failure.of(variant.name, error)
        return Picture(
            name=variant.name,
            format=chosen,
            data=data,
            width=made.size[0],
            height=made.size[1],
            sha256=hashlib.sha256(data).hexdigest(),
        )
