"""A plan as clients see it: the body of `POST /recipes/plan`."""

from typing import Self

from darkroom.formats import ImageFormat
from darkroom.planner.image_spec import Alpha
from darkroom.planner.source import Source
from darkroom.recipes import AnyOperation, Output
from darkroom_upload.intake.fields import ChosenRecipe
from darkroom_upload.planning.plan_recipe import JobPlan, TaskPlan, VariantPlan
from darkroom_upload.planning.prediction import Notice
from darkroom_upload.response_body import ResponseBody


class PlannedImageBody(ResponseBody):
    """The image, as the plan takes it to be."""

    width: int
    height: int
    format: ImageFormat
    has_alpha: bool
    frames: int
    bytes: int | None

    @classmethod
    def of(cls, source: Source) -> Self:
        """From the planner's view."""
        return cls(
            width=source.size[0],
            height=source.size[1],
            format=source.format,
            has_alpha=source.alpha is not Alpha.NONE,
            frames=source.frames,
            bytes=source.bytes or None,
        )


class PlannedVariantBody(ResponseBody):
    """A picture that would be made. From `format` to `frames` all is null when it is certain to fail."""

    name: str
    folder: str
    """The first part of the result's key."""
    operations: tuple[AnyOperation, ...]
    """As they would be run, with all defaults."""
    output: Output
    format: ImageFormat | None
    other_formats: tuple[ImageFormat, ...] | None
    """What else it may be, where `auto` leaves it to the pixels."""
    content_type: str | None
    width: int | None
    height: int | None
    size_exact: bool | None
    """False when the pixels decide: no side is longer then than is said here."""
    frames: int | None
    """At most: an encoder may join frames that look the same."""
    max_bytes: int | None
    """What the recipe allows; how many there will be, the pixels decide."""
    cpu_ms: int
    """For this variant alone, once the image is decoded."""

    @classmethod
    def of(cls, planned: VariantPlan) -> Self:
        """From the planner's view."""
        variant, picture = planned.variant, planned.foretold.picture
        return cls(
            name=variant.name,
            folder=variant.result_folder,
            operations=variant.operations,
            output=variant.output,
            format=picture.format if picture else None,
            other_formats=picture.other_formats if picture else None,
            content_type=picture.format.media_type if picture else None,
            width=picture.size[0] if picture else None,
            height=picture.size[1] if picture else None,
            size_exact=picture.size_exact if picture else None,
            frames=picture.frames if picture else None,
            max_bytes=variant.output.max_bytes,
            cpu_ms=round(planned.cpu_ms),
        )


class PlannedTaskBody(ResponseBody):
    """What one worker would do. Each task decodes the image once."""

    variants: tuple[str, ...]
    describes: bool
    """Whether it extracts the metadata as well."""
    decoded_width: int
    """Pixels at which the image is decoded: a JPEG at a part of its size, if that serves all variants."""
    decoded_height: int
    cpu_ms: int
    peak_bytes: int
    """Address space of the process, at its largest: it is what is limited."""

    @classmethod
    def of(cls, task: TaskPlan) -> Self:
        """From the planner's view."""
        return cls(
            variants=task.variants,
            describes=task.describes,
            decoded_width=task.decoded[0],
            decoded_height=task.decoded[1],
            cpu_ms=round(task.estimate.cpu_ms),
            peak_bytes=round(task.estimate.peak_bytes),
        )


class WarningBody(ResponseBody):
    """Something to know before."""

    code: str
    """That of the error, where it is one that a job or a request would meet."""
    message: str
    fatal: bool
    """Whether the variant, or without one the whole job, is certain to fail."""
    variant: str | None

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """From the planner's view."""
        return cls(code=notice.code, message=notice.message, fatal=notice.fatal, variant=notice.variant)


class PlanBody(ResponseBody):
    """What would become of an upload. Sizes and formats are what would be made; CPU time and memory are estimates."""

    recipe: str
    """The preset's name, or `custom`."""
    image: PlannedImageBody
    variants: tuple[PlannedVariantBody, ...]
    tasks: tuple[PlannedTaskBody, ...]
    cpu_ms: int
    """Of all tasks together."""
    peak_bytes: int
    """Of the largest task."""
    warnings: tuple[WarningBody, ...]

    @classmethod
    def of(cls, chosen: ChosenRecipe, source: Source, planned: JobPlan) -> Self:
        """From the planner's view."""
        tasks = tuple(PlannedTaskBody.of(task) for task in planned.tasks)
        return cls(
            recipe=chosen.name,
            image=PlannedImageBody.of(source),
            variants=tuple(PlannedVariantBody.of(variant) for variant in planned.variants),
            tasks=tasks,
            cpu_ms=sum(task.cpu_ms for task in tasks),
            peak_bytes=max(task.peak_bytes for task in tasks),
            warnings=tuple(WarningBody.of(notice) for notice in planned.notices),
        )
