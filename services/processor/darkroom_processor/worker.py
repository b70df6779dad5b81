"""Performs tasks: reads the original, processes it in the sandbox, stores the results, and reports.

    task ──► get the original and overlays ──► process in the sandbox ──► put the results ──► send TaskFinished
      └────► send TaskStarted, at the same time and without waiting for it

A requested image takes the same way, except that its start is not reported, and its end as ImageMade.

A fault of the image becomes part of the report. An error that may be temporary is raised, and the task comes again: the
keys of results do not depend on the try, so that a second try overwrites the first.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from darkroom import clock
from darkroom.errors import DarkroomError, ImageError, SourceGone, Unavailable
from darkroom.jobs import Cost, Fault, Thumbnail, VariantOutcome
from darkroom.limits import MAX_PIXELS
from darkroom.messages import ImageMade, MakeImage, ProcessTask, TaskFinished, TaskStarted, TaskVariant, Work
from darkroom.recipes import Overlay
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Outgoing, Queue
from darkroom.source_description import SourceDescription
from darkroom_processor.adapters.originals import Originals
from darkroom_processor.adapters.results import Results
from darkroom_processor.pipeline import EncodedThumbnail, FailedVariant, Instructions, Outcome, ProcessedImage
from darkroom_processor.pipeline.libraries import library_versions
from darkroom_processor.result_limit import within
from darkroom_processor.sandbox.pool import ChildPool

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Result:
    """The outcome of a task, for its report."""

    outcomes: tuple[VariantOutcome, ...]
    description: SourceDescription | None = None
    thumbnail: Thumbnail | None = None
    fault: Fault | None = None
    """The reason why no variant could be made; None if the original can be processed."""
    original_sha256: str | None = None
    """None if the original could not be read."""
    cost: Cost = Cost()


class Worker:
    """Performs any number of tasks at a time. The size of the pool limits how many images are processed at once."""

    def __init__(self, name: str, *, originals: Originals, results: Results, reports: Queue, pool: ChildPool) -> None:
        self._name = name
        self._originals = originals
        self._results = results
        self._reports = reports
        self._pool = pool

    async def perform(self, task: ProcessTask) -> None:
        """Perform a task and report on it. Raises Unavailable when the task has to be tried again."""
        began = clock.now()
        announcement = asyncio.create_task(self._announce(task, began))
        try:
            result = await self._process(task, describe=task.describe, thumbnail_key=task.thumbnail_key)
        finally:
            await _cancel(announcement)
        finished = self._report(task, began, result)
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

    async def make(self, image: MakeImage) -> None:
        """Make a requested image and report on it. If nobody waits any more, report only that. Raises Unavailable."""
        if clock.now() > image.until:
            result = _failed(image, Unavailable("The image could not be made in time. Request it again."))
        else:
            result = await self._process(image, describe=False, most_pixels=image.most_pixels)
        await self._report_made(image, result)

    async def _report_made(self, image: MakeImage, result: _Result) -> None:
        (outcome,) = result.outcomes
        made = ImageMade(
            job_id=image.job_id,
            request_id=image.request_id,
            token=image.token,
            key_stem=image.key_stem,
            outcome=outcome,
            cost=result.cost,
        )
        await self._reports.send([Outgoing(job_id=image.job_id, message=made)])
        _LOG.info(
            "image_made",
            request_id=image.request_id,
            fault=outcome.fault and outcome.fault.code,
            **result.cost.model_dump(),
        )

    async def _announce(self, task: ProcessTask, began: datetime) -> None:
        started = TaskStarted(
            job_id=task.job_id, attempt=task.attempt, task=task.task, worker=self._name, started_at=began
        )
        await self._reports.send([Outgoing(job_id=task.job_id, message=started)])

    async def _process(
        self, task: Work, *, describe: bool, thumbnail_key: str | None = None, most_pixels: int = MAX_PIXELS
    ) -> _Result:
        try:
            original = await self._originals.fetch(task.original)
        except (ImageError, SourceGone) as error:
            return _failed(task, error)
        overlays = await self._overlays(task)
        size, sha256 = len(original.data) + sum(map(len, overlays.values())), original.sha256
        variants = tuple(planned.variant for planned in task.variants)
        instructions = Instructions(
            variants=variants,
            describe=describe,
            thumbnail=thumbnail_key is not None,
            overlays=overlays,
            most_pixels=most_pixels,
        )
        execution = await self._pool.process(original.data, instructions, owner=task.owner)
        del original, overlays, instructions  # Their bytes are not needed while the results are stored.
        if isinstance(execution.result, ImageError):
            cost = Cost(cpu_ms=execution.cpu_ms, bytes_read=size)
            return _failed(task, execution.result, original_sha256=sha256, cost=cost)
        outcomes, thumbnail = await self._put_all(task, execution.result, thumbnail_key)
        written = sum(stored.size for stored in (thumbnail, *(outcome.result for outcome in outcomes)) if stored)
        return _Result(
            outcomes=outcomes,
            description=execution.result.description,
            thumbnail=thumbnail,
            original_sha256=sha256,
            cost=Cost(cpu_ms=execution.cpu_ms, bytes_read=size, bytes_written=written),
        )

    async def _overlays(self, task: Work) -> dict[Overlay, bytes]:
        """Fetch each overlay of the task once. Those that no longer exist are left out."""
        files = {planned.overlay: await self._results.fetch(planned.key) for planned in task.overlays}
        return {overlay: file for overlay, file in files.items() if file is not None}

    async def _put_all(
        self, task: Work, processed: ProcessedImage, thumbnail_key: str | None
    ) -> tuple[tuple[VariantOutcome, ...], Thumbnail | None]:
        """Store all results and the thumbnail at the same time. If one cannot be stored, raise its error."""
        outcomes = within(task.most_bytes, processed.outcomes)
        try:
            async with asyncio.TaskGroup() as group:
                thumbnail = group.create_task(self._put_thumbnail(task.job_id, processed.thumbnail, thumbnail_key))
                puts = [
                    group.create_task(self._put(task.job_id, planned, outcome))
                    for planned, outcome in zip(task.variants, outcomes, strict=True)
                ]
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        return tuple(put.result() for put in puts), thumbnail.result()

    async def _put(self, job_id: str, planned: TaskVariant, outcome: Outcome) -> VariantOutcome:
        if isinstance(outcome, FailedVariant):
            return VariantOutcome(name=outcome.name, fault=Fault(code=outcome.code, message=outcome.message))
        result = await self._results.put(outcome, key_stem=planned.key_stem, job_id=job_id)
        return VariantOutcome(name=outcome.name, result=result)

    async def _put_thumbnail(self, job_id: str, encoded: EncodedThumbnail | None, key: str | None) -> Thumbnail | None:
        if encoded is None or key is None:
            return None
        return await self._results.put_thumbnail(encoded, key=key, job_id=job_id)

    def _report(self, task: ProcessTask, began: datetime, result: _Result) -> TaskFinished:
        return TaskFinished(
            job_id=task.job_id,
            attempt=task.attempt,
            task=task.task,
            worker=self._name,
            described=task.describe,
            engine=library_versions(),
            outcomes=result.outcomes,
            description=result.description,
            thumbnail=result.thumbnail,
            fault=result.fault,
            original_sha256=result.original_sha256,
            cost=result.cost,
            started_at=began,
            finished_at=clock.now(),
        )


def _failed(task: Work, error: DarkroomError, *, original_sha256: str | None = None, cost: Cost = Cost()) -> _Result:
    """Return the result of a task whose source is at fault: every variant fails with the same fault."""
    fault = Fault(code=error.code, message=error.message)
    outcomes = tuple(VariantOutcome(name=planned.variant.name, fault=fault) for planned in task.variants)
    return _Result(outcomes=outcomes, fault=fault, original_sha256=original_sha256, cost=cost)


async def _cancel(announcement: asyncio.Task[None]) -> None:
    """Cancel the announcement if it is still under way. Its failure does not matter: TaskFinished says more."""
    announcement.cancel()
    (error,) = await asyncio.gather(announcement, return_exceptions=True)
    if isinstance(error, Exception):
        _LOG.warning("announcement_failed", exc_info=error)
