"""Plans a recipe for an image, without the image: what it would make, and which time and memory that would take."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from darkroom.errors import Conflict, DarkroomError
from darkroom.intake.inspection import require_size_within_limit, too_large
from darkroom.job_details import JobDetails
from darkroom.jobs import Job
from darkroom.limits import CHILD_CPU_SECONDS, CHILD_MEMORY_BYTES, RESULTS_PER_SOURCE_BYTE
from darkroom.planner.estimate import Estimate, decoded_size, task_estimate, variant_ms
from darkroom.planner.output_bytes import expected_bytes, most_bytes
from darkroom.planner.source import Source
from darkroom.planner.task_split import split_into_tasks
from darkroom.recipes import Variant
from darkroom.tables.job_table import JobTable
from darkroom_upload.intake.choose_recipe import ChosenRecipe
from darkroom_upload.intake.watermark_images import WatermarkImages, find_watermark_images
from darkroom_upload.planning.prediction import Notice, PredictedImage, Prediction, predict

_TIME_LEEWAY: Final = 2.0
_MEMORY_LEEWAY: Final = 1.3
"""How far the real time and memory may exceed the estimates, as measured by `bench.estimates`."""


@dataclass(frozen=True, kw_only=True)
class VariantPlan:
    """A variant, and its prediction."""

    variant: Variant
    prediction: Prediction
    cpu_ms: float
    """CPU time for this variant alone, after the source is decoded."""


@dataclass(frozen=True, kw_only=True)
class TaskPlan:
    """A task that one worker would get."""

    variants: tuple[str, ...]
    describes: bool
    decoded: tuple[int, int]
    """(width, height) in pixels of the decoded source."""
    estimate: Estimate


@dataclass(frozen=True, kw_only=True)
class JobPlan:
    """The plan of a job."""

    variants: tuple[VariantPlan, ...]
    tasks: tuple[TaskPlan, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, kw_only=True)
class PlanRecipe:
    """Plans a recipe for an image."""

    jobs: JobTable
    max_upload_bytes: int
    max_variants_per_task: int

    async def __call__(self, chosen: ChosenRecipe, source: Source, *, owner: str) -> JobPlan:
        """Return the plan of a recipe for a source. Raises Unavailable."""
        overlays = await find_watermark_images(self.jobs, chosen, owner)
        variants = chosen.recipe.variants
        planned = tuple(
            VariantPlan(
                variant=variant,
                prediction=predict(variant, source),
                cpu_ms=variant_ms(variant, source, overlays.found),
            )
            for variant in variants
        )
        tasks = self._tasks([variant for variant in variants if not variant.is_on_request], source, overlays)
        later = [_task([variant], source, overlays) for variant in variants if variant.is_on_request]
        notices = [
            *self._refusals(source),
            *_unusable_images(variants, overlays),
            *(notice for each in planned for notice in each.prediction.notices),
            *(notice for task in (*tasks, *later) for notice in _near_limits(task)),
            *_many_bytes(planned, source),
        ]
        return JobPlan(variants=planned, tasks=tasks, notices=tuple(notices))

    def _tasks(self, variants: Sequence[Variant], source: Source, overlays: WatermarkImages) -> tuple[TaskPlan, ...]:
        """Return the tasks of the first run. The orchestrator then knows only how many bytes the image has."""
        known = source
        if source.bytes:
            known = Source.guessed(size=source.bytes, content_type=source.format.media_type)
        groups = split_into_tasks(variants, known, overlays=overlays.found, max_variants=self.max_variants_per_task)
        return tuple(
            _task(group, source, overlays, describe=number == 0) for number, group in enumerate(groups or [[]])
        )

    def _refusals(self, source: Source) -> Iterator[Notice]:
        """Yield the first reason for which the image would be refused, if there is one."""
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


def _task(group: Sequence[Variant], source: Source, overlays: WatermarkImages, *, describe: bool = False) -> TaskPlan:
    return TaskPlan(
        variants=tuple(variant.name for variant in group),
        describes=describe,
        decoded=decoded_size(source, group, describe=describe),
        estimate=task_estimate(source, group, describe=describe, overlays=overlays.found),
    )


def described_source(job: Job, details: JobDetails) -> Source:
    """Return the source of a job whose image has been described. Raises Conflict for any other job."""
    if details.description is None:
        yet = " yet" if job.status.is_open else ""
        raise Conflict(f"The job is {job.status}: its image has not been described{yet}.")
    return Source.described(details.description, size=job.original.size if job.original else 0)


def _unusable_images(variants: Sequence[Variant], overlays: WatermarkImages) -> Iterator[Notice]:
    for each in overlays.unusable:
        yield Notice(
            code="overlay_missing",
            message=f"The watermark's image cannot be used: {each.reason} ({each.pointer}). Until that changes, an "
            "upload with this recipe is refused.",
            fatal=True,
            variant=variants[each.variant].name,
        )


def _near_limits(task: TaskPlan) -> Iterator[Notice]:
    """Yield a notice if a task comes near the limits of time or memory, by estimate."""
    estimate, who = task.estimate, task.variants[0] if len(task.variants) == 1 else None
    whose = ", ".join(task.variants) or "the description"
    if estimate.cpu_ms / 1000 > CHILD_CPU_SECONDS / _TIME_LEEWAY:
        yield Notice(
            code="time_limit",
            message=f"About {estimate.cpu_ms / 1000:.0f} s of CPU time for {whose}. A task fails after "
            f"{CHILD_CPU_SECONDS} s.",
            variant=who,
        )
    if estimate.peak_bytes > CHILD_MEMORY_BYTES / _MEMORY_LEEWAY:
        yield Notice(
            code="memory_limit",
            message=f"About {estimate.peak_bytes / 1e6:.0f} MB of memory for {whose}. A task fails beyond "
            f"{CHILD_MEMORY_BYTES / 1e6:.0f} MB.",
            variant=who,
        )


def _expected_bytes(variant: Variant, image: PredictedImage, source: Source) -> int:
    """Estimate the bytes of a result. A variant that only rewrites the source has no more bytes than the source."""
    expected = expected_bytes(variant.output, image.format, image.pixels)
    rewritten = variant.only_rewrites and image.format is source.format
    return min(expected, source.bytes) if rewritten and source.bytes else expected


def _many_bytes(planned: Sequence[VariantPlan], source: Source) -> Iterator[Notice]:
    """Yield a notice if all results together have far more bytes than the source, by estimate."""
    total = sum(
        _expected_bytes(each.variant, each.prediction.image, source) for each in planned if each.prediction.image
    )
    if not source.bytes or total <= RESULTS_PER_SOURCE_BYTE * source.bytes:
        return
    most = most_bytes(source.bytes)
    yield Notice(
        code="output_limit" if total > most else "large_results",
        message=f"About {total / 1e6:.1f} MB for all variants together, {total // source.bytes} times the bytes of the "
        f"image. A job stores at most {most / 1e6:.1f} MB; variants beyond that fail.",
    )
