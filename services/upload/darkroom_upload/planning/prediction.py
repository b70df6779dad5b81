"""What would become of one variant, told without a pixel: its size, its format, and what is worth knowing before."""

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
    """Something that whoever asked should know."""

    code: str
    """Of the error, where it is one that a job would end with."""
    message: str
    fatal: bool = False
    """Whether the variant, or all of the job, would certainly fail by it."""
    variant: str | None = None
    """Whose it is; None when it is about all of the job."""

    @classmethod
    def of(cls, error: DarkroomError, *, variant: str | None = None) -> "Notice":
        """That this error would be met."""
        return cls(code=error.code, message=error.message, fatal=True, variant=variant)


@dataclass(frozen=True, kw_only=True)
class PredictedImage:
    """A picture that would be made."""

    size: tuple[int, int]
    """(width, height) in pixels."""
    size_exact: bool
    """Otherwise no side would be longer."""
    format: ImageFormat
    other_formats: tuple[ImageFormat, ...]
    """What else it may be, if the pixels decide."""
    frames: int

    @property
    def pixels(self) -> int:
        """Pixels of all frames; the most there may be, if the size is a bound."""
        return self.size[0] * self.size[1] * self.frames


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What would become of a variant. Without a picture it is certain to fail."""

    picture: PredictedImage | None
    notices: tuple[Notice, ...]


def predict(variant: Variant, source: Source) -> Prediction:
    """What this variant would become of that source, as far as the source's pixels have no say in it."""
    moves = source.frames > 1 and keeps_frames(variant.output, source.format)
    frames = source.frames if moves else 1
    try:
        if moves:
            check_animation(source.size, source.frames)
        spec = final_spec(variant.operations, source.spec, frames=frames)
    except ImageError as error:
        return Prediction(picture=None, notices=(Notice.of(error, variant=variant.name),))
    picture = _picture(variant, source, spec, frames)
    if uncompressed := _uncompressed(variant, picture):
        return Prediction(picture=None, notices=(uncompressed,))
    notices = [
        *_enlarging(variant, source),
        *_turning(variant, source),
        *_bounding(variant, picture),
        *_compressing(variant, picture),
        *_stopping(variant, source, picture),
        *_covering(variant, source),
        *_flattening(variant, spec, picture),
    ]
    return Prediction(picture=picture, notices=tuple(notices))


def _picture(variant: Variant, source: Source, spec: ImageSpec, frames: int) -> PredictedImage:
    likely, *others = _formats(variant.output, source.format, spec.alpha, animated=frames > 1)
    return PredictedImage(
        size=spec.size, size_exact=spec.exact, format=likely, other_formats=tuple(others), frames=frames
    )


def _formats(output: Output, source: ImageFormat, alpha: Alpha, *, animated: bool) -> list[ImageFormat]:
    """All that the picture may be written in, the likeliest first: transparent if it can be, and not flat."""
    alphas = {Alpha.NONE: (False,), Alpha.PERHAPS: (True, False), Alpha.CERTAIN: (True,)}[alpha]
    found = (
        choose_format(output, source, has_alpha=has_alpha, animated=animated, flat=flat)
        for flat in (False, True)
        for has_alpha in alphas
    )
    return list(dict.fromkeys(found))


def _enlarging(variant: Variant, source: Source) -> Iterator[Notice]:
    """That a picture stays as small as it is. Of one whose size is not known nothing is said."""
    spec = source.spec
    for operation in variant.operations:
        if isinstance(operation, Resize) and spec.exact:
            kept = place(operation, spec.size).scaled
            wanted = place(operation.model_copy(update={"enlarge": True}), spec.size).scaled
            if kept != wanted:
                yield Notice(
                    code="not_enlarged",
                    message=f"The picture is not enlarged from {_shown(kept)} to {_shown(wanted)} pixels: `enlarge` "
                    "is false.",
                    variant=variant.name,
                )
        spec = spec_after(operation, spec)


def _turning(variant: Variant, source: Source) -> Iterator[Notice]:
    """That on the way a picture is turned which is too large, unless it can be made smaller before that."""
    spec = source.spec
    for operation in variant.operations:
        spec = spec_after(operation, spec)
        if isinstance(operation, Rotate) and operation.angle % 90 != 0 and not can_fit(spec, 1):
            yield Notice(
                code="output_limit",
                message=f"On the way the picture is turned to {_shown(spec.size)} pixels. It fails unless a resize "
                "that follows lets it be turned smaller.",
                variant=variant.name,
            )


def _bounding(variant: Variant, picture: PredictedImage) -> Iterator[Notice]:
    width, height = picture.size
    if not picture.size_exact and (max(picture.size) > MAX_OUTPUT_SIDE or width * height * picture.frames > MAX_PIXELS):
        yield Notice(
            code="output_limit",
            message=f"The picture may have up to {_shown(picture.size)} pixels. It fails if a side has more than "
            f"{MAX_OUTPUT_SIDE}, or all frames together more than {MAX_PIXELS}.",
            variant=variant.name,
        )


def _uncompressed(variant: Variant, picture: PredictedImage) -> Notice | None:
    """That it is certain to be a PNG without compression which is too large."""
    if not picture.size_exact or picture.other_formats:
        return None
    try:
        check_compressed(variant.output, picture.format, picture.pixels)
    except ImageError as error:
        return Notice.of(error, variant=variant.name)
    return None


def _compressing(variant: Variant, picture: PredictedImage) -> Iterator[Notice]:
    """That it may be one."""
    for image_format in (picture.format, *picture.other_formats):
        try:
            check_compressed(variant.output, image_format, picture.pixels)
        except ImageError as error:
            yield replace(Notice.of(error, variant=variant.name), fatal=False)


def _stopping(variant: Variant, source: Source, picture: PredictedImage) -> Iterator[Notice]:
    if source.frames > picture.frames:
        why = _why_still(variant.output, source.format, picture.format)
        yield Notice(
            code="first_frame_only",
            message=f"Of the {source.frames} frames only the first is kept: {why}.",
            variant=variant.name,
        )


def _why_still(output: Output, source: ImageFormat, written: ImageFormat) -> str:
    if output.frames != "all":
        return "`frames` is 1"
    return f"{written} has one" if source in ANIMATED else f"the pages of a {source} are no animation"


def _covering(variant: Variant, source: Source) -> Iterator[Notice]:
    """That an operation lays the picture on an opaque background, which is meant to show elsewhere. Told once."""
    spec = source.spec
    for operation in variant.operations:
        before, spec = spec, spec_after(operation, spec)
        lost = before.alpha is not Alpha.NONE and spec.alpha is Alpha.NONE
        if lost and isinstance(operation, Pad | Resize | Rotate | Round):
            yield Notice(
                code="transparency_lost",
                message=f"What is transparent becomes {operation.background}: {operation.op} lays the picture on that "
                'background. With "transparent" it stays transparent.',
                variant=variant.name,
            )
            return


def _flattening(variant: Variant, spec: ImageSpec, picture: PredictedImage) -> Iterator[Notice]:
    if spec.alpha is not Alpha.NONE and not picture.format.can_have_alpha:
        yield Notice(
            code="transparency_lost",
            message=f"What is transparent becomes white: {picture.format} has no transparency.",
            variant=variant.name,
        )


def _shown(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]}"
