"""The use case: carry out one task, from the source in S3 to the report on the reports queue.

    task ──► get the source and overlays ──► process it in the sandbox ──► put the pictures ──► send TaskFinished
      └────► send TaskStarted, beside the work and without waiting for it

What is wrong with the image ends up in the report. What time may heal is raised, and the task comes again: the keys
of the results do not depend on the try, so a second try writes over the first.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from darkroom import clock
from darkroom.errors import DarkroomError, ImageError, SourceGone
from darkroom.jobs import Cost, Fault, VariantOutcome
from darkroom.messages import ProcessTask, TaskFinished, TaskStarted, TaskVariant
from darkroom.planner.output_bytes import too_many_bytes
from darkroom.recipes import Overlay
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom_processor.adapters.originals import Originals
from darkroom_processor.adapters.results import Results
from darkroom_processor.pipeline import FailedVariant, Instructions, Outcome, ProcessedImage
from darkroom_processor.pipeline.libraries import library_versions
from darkroom_processor.sandbox.pool import ChildPool

_LOG = get_logger(__name__)


class Worker:
    """Carries out tasks, any number at a time; the pool's size says how many images are worked on at once."""

    def __init__(self, name: str, *, originals: Originals, results: Results, reports: Queue, pool: ChildPool) -> None:
        self._name = name
        self._originals = originals
        self._results = results
        self._reports = reports
        self._pool = pool

    async def perform(self, task: ProcessTask) -> None:
        """Carry out a task and report on it. Raises Unavailable when it has to be tried again."""
        began = clock.now()
        announcement = asyncio.create_task(self._announce(task, began))
        try:
            finished = await self._work(task, began)
        finally:
            await _settle(announcement)
        await self._reports.send([Outgoing(job_id=task.job_id, message=finished)])
        _LOG.info(
            "task_finished",
            attempt=task.attempt,
            task=task.task,
            fault=finished.fault and finished.fault.code,
            failed=sum(outcome.fault is not None for outcome in finished.outcomes),
            variants=len(finished.outcomes),
            ms=round((finished.finished_at - began).total_seconds() * 1000),
            **finished.cost.model_dump(),
        )

    async def _announce(self, task: ProcessTask, began: datetime) -> None:
        started = TaskStarted(
            job_id=task.job_id, attempt=task.attempt, task=task.task, worker=self._name, started_at=began
        )
        await self._reports.send([Outgoing(job_id=task.job_id, message=started)])

    async def _work(self, task: ProcessTask, began: datetime) -> TaskFinished:
        try:
            source = await self._originals.fetch(task.source)
        except (ImageError, SourceGone) as error:
            return self._failed(task, began, error)
        overlays = await self._overlays(task)
        variants = tuple(planned.variant for planned in task.variants)
        size, sha256 = len(source.data) + sum(map(len, overlays.values())), source.sha256
        report = await self._pool.process(
            source.data, Instructions(variants=variants, describe=task.describe, overlays=overlays), owner=task.owner
        )
        del source, overlays  # Their bytes are not needed while the pictures are put.
        if isinstance(report.result, ImageError):
            cost = Cost(cpu_ms=report.cpu_ms, bytes_read=size)
            return self._failed(task, began, report.result, source_sha256=sha256, cost=cost)
        outcomes = await self._put_all(task, report.result)
        written = sum(outcome.result.size for outcome in outcomes if outcome.result)
        return self._finished(
            task,
            began,
            description=report.result.description,
            source_sha256=sha256,
            outcomes=outcomes,
            cost=Cost(cpu_ms=report.cpu_ms, bytes_read=size, bytes_written=written),
        )

    async def _overlays(self, task: ProcessTask) -> dict[Overlay, bytes]:
        """The files for the task's watermarks, each fetched once. Those that are gone are left out."""
        files = {planned.overlay: await self._results.fetch(planned.key) for planned in task.overlays}
        return {overlay: file for overlay, file in files.items() if file is not None}

    async def _put_all(self, task: ProcessTask, processed: ProcessedImage) -> tuple[VariantOutcome, ...]:
        """Put all pictures at once. When one cannot be put, the others are let go of and its error is raised."""
        outcomes = within(task.most_bytes, processed.outcomes)
        try:
            async with asyncio.TaskGroup() as group:
                puts = [
                    group.create_task(self._put(task.job_id, planned, outcome))
                    for planned, outcome in zip(task.variants, outcomes, strict=True)
                ]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        return tuple(put.result() for put in puts)

    async def _put(self, job_id: str, planned: TaskVariant, outcome: Outcome) -> VariantOutcome:
        if isinstance(outcome, FailedVariant):
            return VariantOutcome(name=outcome.name, fault=Fault(code=outcome.code, message=outcome.message))
        result = await self._results.put(outcome, key_stem=planned.key_stem, job_id=job_id)
        return VariantOutcome(name=outcome.name, result=result)

    def _failed(
        self,
        task: ProcessTask,
        began: datetime,
        error: DarkroomError,
        *,
        source_sha256: str | None = None,
        cost: Cost = Cost(),
    ) -> TaskFinished:
        """The source's fault is the fault of each variant."""
        fault = Fault(code=error.code, message=error.message)
        outcomes = tuple(VariantOutcome(name=planned.variant.name, fault=fault) for planned in task.variants)
        return self._finished(task, began, fault=fault, source_sha256=source_sha256, outcomes=outcomes, cost=cost)

    def _finished(self, task: ProcessTask, began: datetime, **facts: object) -> TaskFinished:
        identity = {"job_id": task.job_id, "attempt": task.attempt, "task": task.task, "worker": self._name}
        times = {"started_at": began, "finished_at": clock.now()}
        about = {"described": task.describe, "engine": library_versions()}
        return TaskFinished.model_validate({**identity, **about, **facts, **times})


def within(most_bytes: int, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the outcomes, of which those pictures have failed that do not fit into what is left by the ones before.

    Asked here and not in the sandbox, since a child that was taken over would not ask.
    """
    kept: list[Outcome] = []
    for outcome in outcomes:
        if isinstance(outcome, FailedVariant):
            kept.append(outcome)
        elif len(outcome.data) <= most_bytes:
            most_bytes -= len(outcome.data)
            kept.append(outcome)
        else:
            kept.append(FailedVariant.of(outcome.name, too_many_bytes(len(outcome.data), most_bytes)))
    return kept


async def _settle(announcement: asyncio.Task[None]) -> None:
    """Leave no announcement behind. Its failure harms nobody: `finished` says all that `started` did, and more."""
    announcement.cancel()
    (error,) = await asyncio.gather(announcement, return_exceptions=True)
    if isinstance(error, Exception):
        _LOG.warning("announcement_failed", exc_info=error)
