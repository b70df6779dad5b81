"""Predicts one variant without a pixel: its size, its format, and notices that are worth knowing beforehand."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from darkroom.errors import DarkroomError, ImageError
from darkroom.formats import ImageFormat
from darkroom.limits import MAX_OUTPUT_SIDE, MAX_PIXELS
from darkroom.planner.geometry import place
from darkroom.planner.image_spec import Alpha, ImageSpec, can_fit, final_spec, spec_after
from darkroom.planner.output_bytes import check_compressed
from darkroom.planner.output_format import ANIMATED, choose_format, keeps_frames
from darkroom.planner.size_limits import check_animation
from darkroom.planner.source import Source
from darkroom.recipes import Output, Pad, Resize, Rotate, Round, Variant


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something about a plan that the client should know."""

    code: str
    """The code of the error, if a job would end with one."""
    message: str
    fatal: bool = False
    """Whether the variant, or the whole job, is certain to fail because of it."""
    variant: str | None = None
    """The name of the variant; None if the notice is about the whole job."""

    @classmethod
    def of(cls, error: DarkroomError, *, variant: str | None = None) -> "Notice":
        """Return a notice that this error is certain."""
        return cls(code=error.code, message=error.message, fatal=True, variant=variant)


@dataclass(frozen=True, kw_only=True)
class PredictedImage:
    """The image that a variant would have."""

    size: tuple[int, int]
    """(width, height) in pixels."""
    size_exact: bool
    """If False, `size` is an upper bound of both sides."""
    format: ImageFormat
    other_formats: tuple[ImageFormat, ...]
    """Other formats that are possible, if the pixels decide."""
    frames: int

    @property
    def pixels(self) -> int:
        """Pixels of all frames; an upper bound if the size is one."""
        return self.size[0] * self.size[1] * self.frames


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """The prediction for a variant. Without an image, the variant is certain to fail."""

    image: PredictedImage | None
    notices: tuple[Notice, ...]


def predict(variant: Variant, source: Source) -> Prediction:
    """Predict a variant of a source, as far as that is possible without the source's pixels."""
    moves = source.frames > 1 and keeps_frames(variant.output, source.format)
    frames = source.frames if moves else 1
    try:
        if moves:
            check_animation(source.size, source.frames)
        spec = final_spec(variant.operations, source.spec, frames=frames)
    except ImageError as error:
        return Prediction(image=None, notices=(Notice.of(error, variant=variant.name),))
    image = _image(variant, source, spec, frames)
    if too_large := _certain_png_limit(variant, image):
        return Prediction(image=None, notices=(too_large,))
    notices = [
        *_not_enlarged(variant, source),
        *_large_rotations(variant, source),
        *_large_bounds(variant, image),
        *_possible_png_limit(variant, image),
        *_lost_frames(variant, source, image),
        *_opaque_backgrounds(variant, source),
        *_opaque_formats(variant, spec, image),
    ]
    return Prediction(image=image, notices=tuple(notices))


def _image(variant: Variant, source: Source, spec: ImageSpec, frames: int) -> PredictedImage:
    likely, *others = _formats(variant.output, source.format, spec.alpha, animated=frames > 1)
    return PredictedImage(
        size=spec.size, size_exact=spec.exact, format=likely, other_formats=tuple(others), frames=frames
    )


def _formats(output: Output, source: ImageFormat, alpha: Alpha, *, animated: bool) -> list[ImageFormat]:
    """Return all possible formats, the likeliest first: transparent if that is possible, and not flat."""
    alphas = {Alpha.NONE: (False,), Alpha.PERHAPS: (True, False), Alpha.CERTAIN: (True,)}[alpha]
    found = (
        choose_format(output, source, has_alpha=has_alpha, animated=animated, flat=flat)
        for flat in (False, True)
        for has_alpha in alphas
    )
    return list(dict.fromkeys(found))


def _not_enlarged(variant: Variant, source: Source) -> Iterator[Notice]:
    """Yield a notice for each resize that does not enlarge. An image of unknown size gets none."""
    spec = source.spec
    for operation in variant.operations:
        if isinstance(operation, Resize) and spec.exact:
            kept = place(operation, spec.size).scaled
            wanted = place(operation.model_copy(update={"enlarge": True}), spec.size).scaled
            if kept != wanted:
                yield Notice(
                    code="not_enlarged",
                    message=f"The image is not enlarged from {_shown(kept)} to {_shown(wanted)} pixels: `enlarge` "
                    "is false.",
                    variant=variant.name,
                )
        spec = spec_after(operation, spec)


def _large_rotations(variant: Variant, source: Source) -> Iterator[Notice]:
    """Yield a notice for each rotation that makes the image too large, unless a later resize can come first."""
    spec = source.spec
    for operation in variant.operations:
        spec = spec_after(operation, spec)
        if isinstance(operation, Rotate) and operation.angle % 90 != 0 and not can_fit(spec, 1):
            yield Notice(
                code="output_limit",
                message=f"A rotation makes the image {_shown(spec.size)} pixels large. The variant fails unless a "
                "later resize lets it rotate a smaller image.",
                variant=variant.name,
            )


def _large_bounds(variant: Variant, image: PredictedImage) -> Iterator[Notice]:
    width, height = image.size
    if not image.size_exact and (max(image.size) > MAX_OUTPUT_SIDE or width * height * image.frames > MAX_PIXELS):
        yield Notice(
            code="output_limit",
            message=f"The image may have up to {_shown(image.size)} pixels. It fails if a side has more than "
            f"{MAX_OUTPUT_SIDE}, or all frames together more than {MAX_PIXELS}.",
            variant=variant.name,
        )


def _certain_png_limit(variant: Variant, image: PredictedImage) -> Notice | None:
    """Return a notice if the image is certain to be an uncompressed PNG that is too large."""
    if not image.size_exact or image.other_formats:
        return None
    try:
        check_compressed(variant.output, image.format, image.pixels)
    except ImageError as error:
        return Notice.of(error, variant=variant.name)
    return None


def _possible_png_limit(variant: Variant, image: PredictedImage) -> Iterator[Notice]:
    """Yield a notice for each format in which the image would be an uncompressed PNG that is too large."""
    for image_format in (image.format, *image.other_formats):
        try:
            check_compressed(variant.output, image_format, image.pixels)
        except ImageError as error:
            yield replace(Notice.of(error, variant=variant.name), fatal=False)


def _lost_frames(variant: Variant, source: Source, image: PredictedImage) -> Iterator[Notice]:
    if source.frames > image.frames:
        why = _why_still(variant.output, source.format, image.format)
        yield Notice(
            code="first_frame_only",
            message=f"Only the first of the {source.frames} frames is kept: {why}.",
            variant=variant.name,
        )


def _why_still(output: Output, source: ImageFormat, written: ImageFormat) -> str:
    if output.frames != "all":
        return "`frames` is 1"
    return f"{written} has one frame" if source in ANIMATED else f"the pages of a {source} are not an animation"


def _opaque_backgrounds(variant: Variant, source: Source) -> Iterator[Notice]:
    """Yield a notice for the first operation that puts the image on an opaque background, if transparency is lost."""
    spec = source.spec
    for operation in variant.operations:
        before, spec = spec, spec_after(operation, spec)
        lost = before.alpha is not Alpha.NONE and spec.alpha is Alpha.NONE
        if lost and isinstance(operation, Pad | Resize | Rotate | Round):
            yield Notice(
                code="transparency_lost",
                message=f"Transparent parts become {operation.background}: {operation.op} puts the image on that "
                'background. With the background "transparent" they stay transparent.',
                variant=variant.name,
            )
            return


def _opaque_formats(variant: Variant, spec: ImageSpec, image: PredictedImage) -> Iterator[Notice]:
    if spec.alpha is not Alpha.NONE and not image.format.can_have_alpha:
        yield Notice(
            code="transparency_lost",
            message=f"Transparent parts become white: {image.format} has no transparency.",
            variant=variant.name,
        )


def _shown(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"
