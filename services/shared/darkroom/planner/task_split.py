"""Which variants of one source share a task.

Every task of a job fetches and decodes the source once more, so all variants go into one task, unless they are worth
spreading. They are

- when there are more of them than one task may have (`max_variants`), or
- when together they are likely to need more than `TASK_CPU_SECONDS` (see `estimate`): then several cores make a client
  wait less, and no task comes near the CPU time after which its child is killed.

Of n variants that would need s seconds in one task this makes max(ceil(n / max_variants), ceil(s / TASK_CPU_SECONDS))
tasks, at most one a variant, balanced by cost.
"""

from collections.abc import Sequence
from math import ceil
from typing import Final

from darkroom.limits import CHILD_CPU_SECONDS
from darkroom.planner.estimate import NO_OVERLAYS, Overlays, task_estimate, variant_ms
from darkroom.planner.source import Source
from darkroom.recipes import Variant

TASK_CPU_SECONDS: Final = CHILD_CPU_SECONDS / 4
"""An estimate that is three times too low still keeps a task within its limit, decoding included."""

Group = Sequence[Variant]


def split_into_tasks(
    variants: Group, source: Source, *, overlays: Overlays = NO_OVERLAYS, max_variants: int
) -> list[list[Variant]]:
    """Groups of about the same cost, each in the order of the recipe; no group for no variant."""
    together = task_estimate(source, variants, describe=False, overlays=overlays).cpu_ms / 1000
    alone = {variant.name: variant_ms(variant, source, overlays) for variant in variants}
    wanted = max(ceil(len(variants) / max_variants), ceil(together / TASK_CPU_SECONDS))
    groups: list[list[Variant]] = [[] for _ in range(min(wanted, len(variants)))]
    loads = [0.0] * len(groups)
    # The dearest first, each to the group with the least to do: within 4/3 of the best (Graham, 1969).
    for variant in sorted(variants, key=lambda one: alone[one.name], reverse=True):
        with_room = [index for index, group in enumerate(groups) if len(group) < max_variants]
        index = min(with_room, key=lambda one: (loads[one], len(groups[one])))
        groups[index].append(variant)
        loads[index] += alone[variant.name]
    return sorted((sorted(group, key=variants.index) for group in groups), key=lambda group: variants.index(group[0]))
