"""Splits the variants of a job into tasks.

Each task fetches and decodes the original again, so by default all variants go into one task. There are several tasks

- if there are more variants than one task may have (`max_variants`), or
- if one task would need more than `TASK_CPU_SECONDS` (see `estimate`). Then several cores make the client wait less,
  and no task comes near the CPU time limit of its child.

n variants that would need s seconds in one task become max(ceil(n / max_variants), ceil(s / TASK_CPU_SECONDS)) tasks of
about the same cost, at most one for each variant.
"""

from collections.abc import Sequence
from math import ceil
from typing import Final

from darkroom.limits import CHILD_CPU_SECONDS
from darkroom.planner.estimate import NO_OVERLAYS, Overlays, task_estimate, variant_ms
from darkroom.planner.source import Source
from darkroom.recipes import Variant

TASK_CPU_SECONDS: Final = CHILD_CPU_SECONDS / 4
"""CPU seconds of one task. Even if the estimate is three times too low, the task stays within its limit."""

Group = Sequence[Variant]


def split_into_tasks(
    variants: Group, source: Source, *, overlays: Overlays = NO_OVERLAYS, max_variants: int
) -> list[list[Variant]]:
    """Return groups of variants of about the same cost, each in the order of the recipe. Without variants there is
    none."""
    together = task_estimate(source, variants, describe=False, overlays=overlays).cpu_ms / 1000
    alone = {variant.name: variant_ms(variant, source, overlays) for variant in variants}
    wanted = max(ceil(len(variants) / max_variants), ceil(together / TASK_CPU_SECONDS))
    groups: list[list[Variant]] = [[] for _ in range(min(wanted, len(variants)))]
    loads = [0.0] * len(groups)
    # The most expensive variant first, each to the cheapest group: at most 4/3 of the best split (Graham, 1969).
    for variant in sorted(variants, key=lambda one: alone[one.name], reverse=True):
        with_room = [index for index, group in enumerate(groups) if len(group) < max_variants]
        index = min(with_room, key=lambda one: (loads[one], len(groups[one])))
        groups[index].append(variant)
        loads[index] += alone[variant.name]
    return sorted((sorted(group, key=variants.index) for group in groups), key=lambda group: variants.index(group[0]))
