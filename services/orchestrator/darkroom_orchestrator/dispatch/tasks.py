"""Cuts a job into tasks. `darkroom.planner.task_split` decides which variants share a task."""

from collections.abc import Collection

from darkroom.jobs import SOURCE_PART, Job, ObjectRef
from darkroom.messages import ProcessTask, TaskOverlay, TaskVariant
from darkroom.object_keys import result_stem, thumbnail_key
from darkroom.planner.estimate import NO_OVERLAYS, Overlays
from darkroom.planner.output_bytes import most_bytes
from darkroom.planner.source import Source
from darkroom.planner.task_split import Group, split_into_tasks
from darkroom.recipes import Recipe
from darkroom.runtime.queue import LARGEST_BODY_BYTES, body_of
from darkroom.source_description import SourceDescription


def cut_into_tasks(
    job: Job,
    recipe: Recipe,
    parts: Collection[str],
    *,
    description: SourceDescription | None = None,
    overlays: Overlays = NO_OVERLAYS,
    max_variants: int,
    thumbnail: bool = False,
    largest_bytes: int = LARGEST_BODY_BYTES,
) -> tuple[ProcessTask, ...]:
    """Return the tasks that make these parts of a job. If the description is one of them, the first task makes it,
    and with `thumbnail` the thumbnail too.

    `description` is that of the source, if there is one already. `overlays` are the existing images of the recipe's
    watermarks; each task names those that it needs. A message has at most `largest_bytes`, except that a variant is
    never cut. Raises ValueError for a job without an original.
    """
    if job.original is None:
        raise ValueError(f"job {job.job_id} has no original yet")
    variants = [variant for variant in recipe.variants if variant.name in parts]
    groups = split_into_tasks(
        variants, _known_source(job, job.original, description), overlays=overlays, max_variants=max_variants
    )
    if not groups and SOURCE_PART in parts:
        groups = [[]]
    tasks = [_task(job, job.original, group) for group in groups]
    makes_thumbnail = thumbnail and SOURCE_PART in parts
    small = [half for task in tasks for half in _halved_to_fit(task, largest_bytes)]
    return tuple(
        task.model_copy(
            update={
                "task": number,
                "describe": number == 0 and SOURCE_PART in parts,
                "thumbnail_key": thumbnail_key(job.job_id) if number == 0 and makes_thumbnail else None,
                "overlays": _overlays(task, overlays),
            }
        )
        for number, task in enumerate(small)
    )


def _known_source(job: Job, original: ObjectRef, description: SourceDescription | None) -> Source:
    """Return the source as described, or as guessed until it is described."""
    if description:
        return Source.described(description, size=original.size)
    return Source.guessed(size=original.size, content_type=job.content_type)


def _task(job: Job, original: ObjectRef, group: Group) -> ProcessTask:
    return ProcessTask(
        job_id=job.job_id,
        owner=job.owner,
        attempt=job.attempt,
        task=0,
        original=original,
        describe=False,
        most_bytes=most_bytes(original.size),
        variants=tuple(
            TaskVariant(variant=variant, key_stem=result_stem(variant.result_folder, job.job_id, job.filename))
            for variant in group
        ),
    )


def _overlays(task: ProcessTask, found: Overlays) -> tuple[TaskOverlay, ...]:
    needed = dict.fromkeys(overlay for one in task.variants for overlay in one.variant.overlays.values())
    return tuple(TaskOverlay(overlay=overlay, key=found[overlay].key) for overlay in needed if overlay in found)


def _halved_to_fit(task: ProcessTask, largest_bytes: int) -> list[ProcessTask]:
    """Halve the task until each message is small enough. One variant alone always fits.

    The overlays are added later. They are far shorter than the room that is left for a message's attributes.
    """
    if len(body_of(task)) <= largest_bytes or len(task.variants) <= 1:
        return [task]
    middle = len(task.variants) // 2
    halves = (task.variants[:middle], task.variants[middle:])
    smaller = [task.model_copy(update={"variants": half}) for half in halves]
    return [fitting for half in smaller for fitting in _halved_to_fit(half, largest_bytes)]
