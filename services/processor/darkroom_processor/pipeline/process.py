"""Makes all variants of an image from its bytes: runs the steps of the pipeline in their order."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from darkroom.errors import ImageError
from darkroom.formats import ImageFormat
from darkroom.jobs import VariantWarning
from darkroom.planner.bounds import check_output
from darkroom.planner.decoding import needed_scale, scale_for
from darkroom.planner.output_bytes import check_compressed
from darkroom.planner.output_format import choose_format, keeps_frames
from darkroom.planner.steps import Step, common_steps
from darkroom.recipes import DEFAULT_QUALITY, AnyOperation, Output, OutputFormat, Rotate, Variant
from darkroom_processor.pipeline import color, library
from darkroom_processor.pipeline.animate import animate
from darkroom_processor.pipeline.decode import Decoded, decode
from darkroom_processor.pipeline.describe import describe
from darkroom_processor.pipeline.encode import encode
from darkroom_processor.pipeline.faults import decoding, making
from darkroom_processor.pipeline.flatness import is_flat
from darkroom_processor.pipeline.gate import Source, admit
from darkroom_processor.pipeline.keep import Kept, keep
from darkroom_processor.pipeline.ladder import Ladder
from darkroom_processor.pipeline.operations import apply
from darkroom_processor.pipeline.orientation import UPRIGHT
from darkroom_processor.pipeline.overlays import Overlays
from darkroom_processor.pipeline.raster import Raster
from darkroom_processor.pipeline.rewrite import Original, rewritten
from darkroom_processor.pipeline.space import OwnSpace, keeps_space
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
        keeping = tuple(variant for variant in work.variants if keeps_space(variant, source.format))
        scale = partial(needed_scale, work.variants, describe=work.describe)
        moving = any(_moves(variant, source) for variant in work.variants)
        decoded = decode(source, scale, in_own_space=bool(keeping), frames_follow=moving)
        description = describe(source, decoded) if work.describe else None
    outcomes = {outcome.name: outcome for outcome in _outcomes(work, source, decoded, keeping)}
    return Processed(description=description, outcomes=tuple(outcomes[variant.name] for variant in work.variants))


def _moves(variant: Variant, source: Source) -> bool:
    """Whether the variant keeps an animation, rather than the first frame only."""
    return source.moves and keeps_frames(variant.output, source.format)


def _outcomes(work: Work, source: Source, decoded: Decoded, keeping: tuple[Variant, ...]) -> Iterator[Outcome]:
    """Outcomes of the variants that keep the source's own colour space, if it has one, then of all others, in sRGB."""
    if own := decoded.own:
        variants = tuple(map(own.space.adapted, keeping))
        yield from _Studio(source, decoded, Overlays(work.overlays, own.space), own.space).made(variants, own.raster)
    others = tuple(variant for variant in work.variants if own is None or variant not in keeping)
    yield from _Studio(source, decoded, Overlays(work.overlays), None).made(others, decoded.raster)


@dataclass(frozen=True)
class _Studio:
    """Where variants of one source are made that are in one colour space."""

    source: Source
    decoded: Decoded
    overlays: Overlays
    space: OwnSpace | None
    """None for sRGB."""

    def made(self, variants: tuple[Variant, ...], raster: Raster) -> Iterator[Outcome]:
        """Outcomes of the variants; the raster is the source in this space."""
        moving = tuple(one for one in variants if _moves(one, self.source))
        if moving:
            strips = animate(self.source, self.decoded, moving, self.overlays, in_own_space=self.space is not None)
            for variant in moving:
                yield self._written(variant, strips.pop(variant.name))
        still = tuple(variant for variant in variants if variant not in moving)
        yield from self._follow(common_steps(still), raster)

    def _follow(self, step: Step, raster: Raster) -> Iterator[Outcome]:
        """Outcomes of the variants at this step, then of those beyond. Pixels are kept only while they are needed."""
        for variant in step.variants:
            yield self._written(variant, Strip((raster,)))
        ladder = Ladder(raster)
        for operation in ladder.ordered(step.following):
            following = step.following[operation]
            try:
                with making():
                    picture = _no_larger_than_needed(operation, following, ladder.rung_for(operation))
                    changed = apply(operation, picture, self.overlays)
            except ImageError as error:
                yield from (Failure.of(variant.name, error) for variant in following.all_variants())
            else:
                ladder.keep(operation, changed)
                yield from self._follow(following, changed)

    def _written(self, variant: Variant, made: Strip | ImageError) -> Outcome:
        """The variant's outcome."""
        if isinstance(made, ImageError):
            return Failure.of(variant.name, made)
        output = self._output(variant)
        try:
            check_output(made.size, len(made.rasters))
            with making():
                chosen = self._format(output, made)
                check_compressed(output, chosen, made.pixels)
                data = self._file(variant, made, output, chosen)
        except ImageError as error:
            return Failure.of(variant.name, error)
        return Picture(
            name=variant.name,
            format=chosen,
            data=data,
            width=made.size[0],
            height=made.size[1],
            sha256=hashlib.sha256(data).hexdigest(),
            warnings=self._warnings(variant, data),
        )

    def _file(self, variant: Variant, made: Strip, output: Output, chosen: ImageFormat) -> bytes:
        kept = self._kept(output, made)
        if not variant.only_rewrites:
            return encode(made, output, chosen, kept)
        decoded = self.decoded
        converted = self.source.told is not None or color.converts(decoded.stored_mode, decoded.profile)
        kept_colors = self.space is not None or not converted
        # An animation of one frame beside a hidden picture is not what the file shows without animation.
        other = _moves(variant, self.source) and not made.is_animated
        untouched = kept_colors and decoded.orientation == UPRIGHT and self.source.crop is None and not other
        return rewritten(Original(source=self.source, is_untouched=untouched), made, output, chosen, kept)

    def _warnings(self, variant: Variant, data: bytes) -> tuple[VariantWarning, ...]:
        larger = variant.only_rewrites and len(data) > self.source.received_bytes
        return (VariantWarning.LARGER_THAN_SOURCE,) if larger else ()

    def _output(self, variant: Variant) -> Output:
        """Of a JPEG that is only written anew, no finer than it was: that would take bytes and show no more."""
        output, own = variant.output, self.decoded.quality
        if own is None or not variant.only_rewrites:
            return output
        return output.model_copy(update={"quality": min(own, output.quality or DEFAULT_QUALITY[ImageFormat.JPEG])})

    def _format(self, output: Output, made: Strip) -> ImageFormat:
        flat = output.format is OutputFormat.AUTO and not made.is_animated and is_flat(made, output)
        return choose_format(output, self.source.format, has_alpha=made.has_alpha, animated=made.is_animated, flat=flat)

    def _kept(self, output: Output, made: Strip) -> Kept:
        # A profile of RGB fits no grey picture, and viewers take one without a profile for sRGB.
        profile = b"" if made.is_gray else self.space.profile if self.space else color.srgb().tobytes()
        return keep(output.keep_metadata, self.decoded.exif, self.decoded.xmp, profile)


def _no_larger_than_needed(operation: AnyOperation, following: Step, picture: Raster) -> Raster:
    """What to turn by any angle, which takes several canvases. They need not be larger than what is made of them."""
    if not isinstance(operation, Rotate) or operation.angle % 90 == 0:
        return picture
    return picture.shrunk_to(max(scale_for((operation, *way), picture.size) for way in following.ways()))
