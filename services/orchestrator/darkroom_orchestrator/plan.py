"""Planning: which tasks a job is cut into.

Every task of a job fetches and decodes the source once more, so all variants go into one task, unless they are worth
spreading. They are

- when there are more of them than one task may have (`max_variants`), or
- when together they are likely to need more than `TASK_CPU_SECONDS` (see `cost`): then several cores make a client
  wait less, and no task comes near the CPU time after which its child is killed.

Of n variants that need s seconds this makes max(ceil(n / max_variants), ceil(s / TASK_CPU_SECONDS)) tasks, at most one
a variant, balanced by cost.
"""

from collections.abc import Collection, Mapping, Sequence
from math import ceil
from types import MappingProxyType
from typing import Final

from darkroom.jobs import SOURCE_PART, Job, ObjectRef, VariantResult
from darkroom.keys import result_stem
from darkroom.limits import CHILD_CPU_SECONDS
from darkroom.messages import PlannedOverlay, PlannedVariant, ProcessTask
from darkroom.queue import LARGEST_BODY_BYTES, body_of
from darkroom.recipes import Overlay, Variant
from darkroom_orchestrator.cost import source_megapixels, variant_seconds

TASK_CPU_SECONDS: Final = CHILD_CPU_SECONDS / 4
"""An estimate that is three times too low still keeps a task within its limit, decoding included."""

Group = Sequence[Variant]


def plan(
    job: Job,
    parts: Collection[str],
    *,
    overlays: Mapping[Overlay, VariantResult] = MappingProxyType({}),
    max_variants: int,
    largest_bytes: int = LARGEST_BODY_BYTES,
) -> tuple[ProcessTask, ...]:
    """The tasks that make these parts of a job, the first of which extracts the metadata if that is among them.

    `overlays` are the images of its watermarks that are there; each task names those that it needs. Raises ValueError
    for a job without a source: there is nothing to plan for it.
    """
    if job.source is None:
        raise ValueError(f"job {job.job_id} has no source yet")
    variants = [variant for variant in job.recipe.variants if variant.name in parts]
    megapixels = source_megapixels(job)
    seconds = {variant.name: variant_seconds(variant, megapixels, overlays) for variant in variants}
    groups = _spread(variants, seconds, max_variants)
    if not groups and SOURCE_PART in parts:
        groups = [[]]
    tasks = [_task(job, job.source, group) for group in groups]
    small = [piece for task in tasks for piece in _within(task, largest_bytes)]
    return tuple(
        task.model_copy(
            update={
                "task": number,
                "describe": number == 0 and SOURCE_PART in parts,
                "overlays": _overlays(task, overlays),
            }
        )
        for number, task in enumerate(small)
    )


def _spread(variants: Group, seconds: Mapping[str, float], max_variants: int) -> list[Group]:
    """Groups of about the same cost, each in the order of the recipe; no group for no variant."""
    wanted = max(ceil(len(variants) / max_variants), ceil(sum(seconds.values()) / TASK_CPU_SECONDS))
    groups: list[list[Variant]] = [[] for _ in range(min(wanted, len(variants)))]
    loads = [0.0] * len(groups)
    # The dearest first, each to the group with the least to do: within 4/3 of the best (Graham, 1969).
    for variant in sorted(variants, key=lambda one: seconds[one.name], reverse=True):
        with_room = [index for index, group in enumerate(groups) if len(group) < max_variants]
        index = min(with_room, key=lambda one: (loads[one], len(groups[one])))
        groups[index].append(variant)
        loads[index] += seconds[variant.name]
    return sorted((sorted(group, key=variants.index) for group in groups), key=lambda group: variants.index(group[0]))


def _task(job: Job, source: ObjectRef, group: Group) -> ProcessTask:
    return ProcessTask(
        job_id=job.job_id,
        attempt=job.attempt,
        task=0,
        source=source,
        describe=False,
        variants=tuple(
            PlannedVariant(variant=variant, key_stem=result_stem(variant.result_folder, job.job_id, job.filename))
            for variant in group
        ),
    )


def _overlays(task: ProcessTask, found: Mapping[Overlay, VariantResult]) -> tuple[PlannedOverlay, ...]:
    needed = dict.fromkeys(overlay for one in task.variants for overlay in one.variant.overlays.values())
    return tuple(PlannedOverlay(overlay=overlay, key=found[overlay].key) for overlay in needed if overlay in found)


def _within(task: ProcessTask, largest_bytes: int) -> list[ProcessTask]:
    """The task, or halves of it until the message of each is small enough. One variant alone always is.

    The few overlays come on top: they are far shorter than the room that is left to a message's attributes.
    """
    if len(body_of(task)) <= largest_bytes or len(task.variants) <= 1:
        return [task]
    middle = len(task.variants) // 2
    halves = (task.variants[:middle], task.variants[middle:])
    return [piece for half in halves for piece in _within(task.model_copy(update={"variants": half}), largest_bytes)]
