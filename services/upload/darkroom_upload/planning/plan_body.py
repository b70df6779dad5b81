"""The body of `POST /recipes/plan`: a plan as clients see it."""

from typing import Self

from darkroom.formats import ImageFormat
from darkroom.planner.image_spec import Alpha
from darkroom.planner.source import Source
from darkroom.recipes import AnyOperation, Output, When
from darkroom_upload.intake.choose_recipe import ChosenRecipe
from darkroom_upload.planning.plan_recipe import JobPlan, TaskPlan, VariantPlan
from darkroom_upload.planning.prediction import Notice
from darkroom_upload.response_body import ResponseBody


class PlannedImageBody(ResponseBody):
    """The image that the plan is for."""

    width: int
    height: int
    format: ImageFormat
    has_alpha: bool
    frames: int
    bytes: int | None

    @classmethod
    def of(cls, source: Source) -> Self:
        """Return the body."""
        return cls(
            width=source.size[0],
            height=source.size[1],
            format=source.format,
            has_alpha=source.alpha is not Alpha.NONE,
            frames=source.frames,
            bytes=source.bytes or None,
        )


class PlannedVariantBody(ResponseBody):
    """A variant that would be made. If it is certain to fail, the fields from `format` to `frames` are null."""

    name: str
    folder: str
    """The first part of the result's key."""
    operations: tuple[AnyOperation, ...]
    """The operations, with all defaults written out."""
    output: Output
    format: ImageFormat | None
    other_formats: tuple[ImageFormat, ...] | None
    """Other possible formats, if `auto` lets the pixels decide."""
    content_type: str | None
    width: int | None
    height: int | None
    size_exact: bool | None
    """False if the pixels decide. Then `width` and `height` are upper bounds."""
    frames: int | None
    """The most frames: an encoder may join frames that look the same."""
    max_bytes: int | None
    """The limit that the recipe sets; null if it sets none. The pixels decide how many bytes there are."""
    cpu_ms: int
    """CPU time for this variant alone, after the image is decoded."""
    when: When
    """`requested` for a variant that no task makes before somebody asks for it."""

    @classmethod
    def of(cls, planned: VariantPlan) -> Self:
        """Return the body."""
        variant, image = planned.variant, planned.prediction.image
        return cls(
            name=variant.name,
            folder=variant.result_folder,
            operations=variant.operations,
            output=variant.output,
            format=image.format if image else None,
            other_formats=image.other_formats if image else None,
            content_type=image.format.media_type if image else None,
            width=image.size[0] if image else None,
            height=image.size[1] if image else None,
            size_exact=image.size_exact if image else None,
            frames=image.frames if image else None,
            max_bytes=variant.output.max_bytes,
            cpu_ms=round(planned.cpu_ms),
            when=variant.when,
        )


class PlannedTaskBody(ResponseBody):
    """The work of one worker. Each task decodes the image once."""

    variants: tuple[str, ...]
    describes: bool
    """Whether the task also extracts the metadata."""
    decoded_width: int
    """Width in pixels at which the image is decoded. A JPEG is decoded smaller if that suffices for all variants."""
    decoded_height: int
    cpu_ms: int
    peak_bytes: int
    """The largest address space of the process, which is what the limit of memory counts."""

    @classmethod
    def of(cls, task: TaskPlan) -> Self:
        """Return the body."""
        return cls(
            variants=task.variants,
            describes=task.describes,
            decoded_width=task.decoded[0],
            decoded_height=task.decoded[1],
            cpu_ms=round(task.estimate.cpu_ms),
            peak_bytes=round(task.estimate.peak_bytes),
        )


class WarningBody(ResponseBody):
    """Something to know before the upload."""

    code: str
    """The code of the error, if a job or a request would end with one."""
    message: str
    fatal: bool
    """Whether the variant is certain to fail; the whole job if `variant` is null."""
    variant: str | None

    @classmethod
    def of(cls, notice: Notice) -> Self:
        """Return the body."""
        return cls(code=notice.code, message=notice.message, fatal=notice.fatal, variant=notice.variant)


class PlanBody(ResponseBody):
    """The plan of an upload. Sizes and formats are those that would be made. CPU time and memory are estimates."""

    recipe: str
    """The preset's name, or `custom`."""
    image: PlannedImageBody
    variants: tuple[PlannedVariantBody, ...]
    tasks: tuple[PlannedTaskBody, ...]
    cpu_ms: int
    """CPU time of all tasks together, without variants on request."""
    peak_bytes: int
    """Memory of the largest task."""
    warnings: tuple[WarningBody, ...]

    @classmethod
    def of(cls, chosen: ChosenRecipe, source: Source, planned: JobPlan) -> Self:
        """Return the body."""
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
