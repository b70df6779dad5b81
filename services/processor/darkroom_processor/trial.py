"""Runs recipes on files of this machine: the pipeline in its sandbox, without AWS, queues and settings.

This is the entry for other programs, such as `darkroom try`. An image is cut into tasks and limited as a job's is. It
has no watermarks of images, because those are results of jobs.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from darkroom.errors import ImageError
from darkroom.formats import SNIFF_BYTES, sniff
from darkroom.limits import DEFAULT_VARIANTS_PER_TASK
from darkroom.planner.output_bytes import most_bytes
from darkroom.planner.source import Source
from darkroom.planner.task_split import split_into_tasks
from darkroom.recipes import Recipe, Variant
from darkroom.runtime.cores import cores
from darkroom.source_description import SourceDescription
from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, Outcome
from darkroom_processor.result_limit import within
from darkroom_processor.sandbox.child_handle import ChildFailed
from darkroom_processor.sandbox.execution import Execution
from darkroom_processor.sandbox.pool import ChildPool

__all__ = ["EncodedVariant", "Engine", "FailedVariant", "Outcome", "SandboxFailed", "Trial", "open_engine"]

_OWNER: Final = "trial"


class SandboxFailed(Exception):
    """The processes that work on images do not start on this machine."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The outcome of a trial with one image."""

    outcomes: tuple[Outcome, ...]
    """One for each variant of the recipe, in its order."""
    description: SourceDescription | None
    """None if the image itself is at fault."""
    fault: ImageError | None
    """The reason why the image cannot be processed; None if it can."""
    cpu_ms: int
    """CPU time of all tasks, decoding included."""
    peak_bytes: int
    """Most memory of one process."""

    @property
    def made(self) -> list[EncodedVariant]:
        """The variants that were made."""
        return [outcome for outcome in self.outcomes if isinstance(outcome, EncodedVariant)]


class Engine:
    """Processes images on all cores."""

    def __init__(self, pool: ChildPool) -> None:
        self._pool = pool

    async def run(self, data: bytes, recipe: Recipe) -> Trial:
        """Make all variants of an image. Faults of the image are in what is returned."""
        tasks: list[list[Variant]] = _tasks(data, recipe) or [[]]
        executions = await asyncio.gather(
            *(self._run_task(data, task, describe=number == 0) for number, task in enumerate(tasks))
        )
        return _merged(recipe, tasks, executions, most=most_bytes(len(data)))

    async def _run_task(self, data: bytes, task: list[Variant], *, describe: bool) -> Execution:
        return await self._pool.process(data, Instructions(variants=tuple(task), describe=describe), owner=_OWNER)


@asynccontextmanager
async def open_engine() -> AsyncIterator[Engine]:
    """Start the sandbox, for the length of a `with` block. Raises SandboxFailed."""
    with _quiet():
        try:
            async with ChildPool(cores()) as pool:
                yield Engine(pool)
        except ChildFailed as error:
            raise SandboxFailed(str(error)) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out the messages for operators: they would go to standard output, which belongs to the program."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)


def _tasks(data: bytes, recipe: Recipe) -> list[list[Variant]]:
    """Cut the recipe into tasks as it is done for an upload, of which nothing but size and format is known."""
    found = sniff(data[:SNIFF_BYTES])
    source = Source.guessed(size=len(data), content_type=found.media_type if found else None)
    return split_into_tasks(recipe.variants, source, max_variants=DEFAULT_VARIANTS_PER_TASK)


def _merged(recipe: Recipe, tasks: list[list[Variant]], executions: list[Execution], *, most: int) -> Trial:
    by_name: dict[str, Outcome] = {}
    faults: list[ImageError] = []
    description: SourceDescription | None = None
    for task, execution in zip(tasks, executions, strict=True):
        if isinstance(execution.result, ImageError):
            faults.append(execution.result)
            by_name |= {variant.name: FailedVariant.of(variant.name, execution.result) for variant in task}
        else:
            description = description or execution.result.description
            by_name |= {outcome.name: outcome for outcome in execution.result.outcomes}
    return Trial(
        outcomes=tuple(within(most, (by_name[variant.name] for variant in recipe.variants))),
        description=description,
        fault=faults[0] if len(faults) == len(tasks) else None,
        cpu_ms=sum(execution.cpu_ms for execution in executions),
        peak_bytes=max(execution.peak_bytes for execution in executions),
    )
