"""PlanRecipe: tell what a recipe would make of an image, and what that would take, without the image."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from darkroom.errors import Conflict, DarkroomError
from darkroom.limits import CHILD_CPU_SECONDS, CHILD_MEMORY_BYTES, RESULTS_PER_SOURCE_BYTE
from darkroom.planner.estimate import Estimate, decoded_size, task_estimate, variant_ms
from darkroom.planner.output_bytes import expected_bytes, most_bytes
from darkroom.planner.source import Source
from darkroom.planner.task_split import split_into_tasks
from darkroom.recipes import Variant
from darkroom_upload.intake.fields import ChosenRecipe
from darkroom_upload.intake.inspection import require_size_within_limit, too_large
from darkroom_upload.intake.watermark_images import WatermarkImages, find_watermark_images
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.planning.prediction import Notice, PredictedImage, Prediction, predict

_TIME_LEEWAY: Final = 2.0
_MEMORY_LEEWAY: Final = 1.3
"""As far as estimates may be below what is then taken, by `bench/estimates`."""


@dataclass(frozen=True, kw_only=True)
class VariantPlan:
    """A variant, and what would become of it."""

    variant: Variant
    foretold: Prediction
    cpu_ms: float
    """For it alone, once the source is decoded."""


@dataclass(frozen=True, kw_only=True)
class TaskPlan:
    """What one worker would be given."""

    variants: tuple[str, ...]
    describes: bool
    decoded: tuple[int, int]
    """(width, height) in pixels at which the source would be decoded."""
    estimate: Estimate


@dataclass(frozen=True, kw_only=True)
class JobPlan:
    """The plan of a job."""

    variants: tuple[VariantPlan, ...]
    tasks: tuple[TaskPlan, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, kw_only=True)
class PlanRecipe:
    """The use case."""

    jobs: JobReader
    max_upload_bytes: int
    max_variants_per_task: int

    async def source_of(self, job_id: str, owner: str) -> Source:
        """The source of one of the owner's jobs. Raises NotFound, Unavailable, and Conflict until it is described."""
        job, details = await self.jobs.owned_with_details(job_id, owner)
        if details.description is None:
            yet = " yet" if job.status.is_open else ""
            raise Conflict(f"The job is {job.status}: its image has not been described{yet}.")
        return Source.described(details.description, size=job.source.size if job.source else 0)

    async def __call__(self, chosen: ChosenRecipe, source: Source, *, owner: str) -> JobPlan:
        """Plan the recipe. Raises Unavailable."""
        overlays = await find_watermark_images(self.jobs, chosen, owner)
        variants = chosen.recipe.variants
        planned = tuple(
            VariantPlan(
                variant=variant,
                foretold=predict(variant, source),
                cpu_ms=variant_ms(variant, source, overlays.found),
            )
            for variant in variants
        )
        tasks = self._tasks(variants, source, overlays)
        notices = [
            *self._refusals(source),
            *_missing(variants, overlays),
            *(notice for each in planned for notice in each.foretold.notices),
            *(notice for task in tasks for notice in _strains(task)),
            *_amounts(planned, source),
        ]
        return JobPlan(variants=planned, tasks=tasks, notices=tuple(notices))

    def _tasks(self, variants: Sequence[Variant], source: Source, overlays: WatermarkImages) -> tuple[TaskPlan, ...]:
        """As the orchestrator would cut the job, which then knows of the image only how many bytes it has."""
        known = source
        if source.bytes:
            known = Source.guessed(size=source.bytes, content_type=source.format.media_type)
        groups = split_into_tasks(variants, known, overlays=overlays.found, max_variants=self.max_variants_per_task)
        return tuple(
            TaskPlan(
                variants=tuple(variant.name for variant in group),
                describes=number == 0,
                decoded=decoded_size(source, group, describe=number == 0),
                estimate=task_estimate(source, group, describe=number == 0, overlays=overlays.found),
            )
            for number, group in enumerate(groups or [[]])
        )

    def _refusals(self, source: Source) -> Iterator[Notice]:
        """Why the image would not be processed at all: what is met first."""
        checks: list[Callable[[], None]] = [
            lambda: self._require_bytes_within_limit(source.bytes),
            lambda: require_size_within_limit(*source.size),
        ]
        for check in checks:
            try:
                check()
            except DarkroomError as error:
                yield Notice.of(error)
                return

    def _require_bytes_within_limit(self, size: int) -> None:
        if size > self.max_upload_bytes:
            raise too_large(size, limit=self.max_upload_bytes)


def _missing(variants: Sequence[Variant], overlays: WatermarkImages) -> Iterator[Notice]:
    for each in overlays.missing:
        yield Notice(
            code="overlay_missing",
            message=f"The watermark's image cannot be used: {each.reason} ({each.pointer}). As long as that is so, an "
            "upload with this recipe is refused.",
            fatal=True,
            variant=variants[each.variant].name,
        )


def _strains(task: TaskPlan) -> Iterator[Notice]:
    """That a task comes near to what one image may take, as far as one can tell."""
    estimate, who = task.estimate, task.variants[0] if len(task.variants) == 1 else None
    whose = ", ".join(task.variants) or "the description"
    if estimate.cpu_ms / 1000 > CHILD_CPU_SECONDS / _TIME_LEEWAY:
        yield Notice(
            code="time_limit",
            message=f"About {estimate.cpu_ms / 1000:.0f} s of CPU for {whose}; more than {CHILD_CPU_SECONDS} s fail.",
            variant=who,
        )
    if estimate.peak_bytes > CHILD_MEMORY_BYTES / _MEMORY_LEEWAY:
        yield Notice(
            code="memory_limit",
            message=f"About {estimate.peak_bytes / 1e6:.0f} MB of memory for {whose}; more than "
            f"{CHILD_MEMORY_BYTES / 1e6:.0f} MB fail.",
            variant=who,
        )


def _expected_bytes(variant: Variant, picture: PredictedImage, source: Source) -> int:
    """About how many bytes a picture has. What only writes the source again does not have more than the source."""
    expected = expected_bytes(variant.output, picture.format, picture.pixels)
    rewritten = variant.only_rewrites and picture.format is source.format
    return min(expected, source.bytes) if rewritten and source.bytes else expected


def _amounts(planned: Sequence[VariantPlan], source: Source) -> Iterator[Notice]:
    """That the pictures together have far more bytes than their source, as far as one can tell."""
    total = sum(
        _expected_bytes(each.variant, each.foretold.picture, source) for each in planned if each.foretold.picture
    )
    if not source.bytes or total <= RESULTS_PER_SOURCE_BYTE * source.bytes:
        return
    most = most_bytes(source.bytes)
    yield Notice(
        code="output_limit" if total > most else "large_results",
        message=f"About {total / 1e6:.1f} MB for all pictures together, {total // source.bytes} times the bytes of the "
        f"image. More than {most / 1e6:.1f} MB are not stored: the pictures beyond fail.",
    )
