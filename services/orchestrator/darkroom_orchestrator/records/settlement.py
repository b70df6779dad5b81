"""Turns a report into the write of its job's item."""

from dataclasses import dataclass, replace
from datetime import datetime

from darkroom.clock import iso
from darkroom.jobs import SOURCE_PART, Job, ObjectRef
from darkroom.messages import TaskFinished
from darkroom.planner.output_bytes import most_bytes
from darkroom.tables.storage_counter import stored_size
from darkroom_orchestrator.records.changes import (
    Change,
    add_cost,
    add_results,
    put,
    put_once,
    put_variants,
    settle,
)
from darkroom_orchestrator.records.conditions import (
    Condition,
    attempt_is,
    pending_is_exactly,
    pending_is_more_than,
    published_is,
    results_within,
)
from darkroom_orchestrator.records.progress import Progress, advanced_job
from darkroom_orchestrator.records.status_writes import CLOSED


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """The write of one report."""

    change: Change
    """All that changes except the status."""
    condition: Condition
    job: Job
    """The job after this write."""


def settlement(
    job: Job,
    report: TaskFinished,
    progress: Progress,
    *,
    manifest: ObjectRef | None,
    public_bytes: int,
    moment: datetime,
) -> Settlement:
    """Return the write that settles the parts of a report, stores their outcomes and adds their cost.

    `job` is as it was read. `public_bytes` counts the public copies that an end names.
    """
    after = replace(advanced_job(job, report, progress, moment), manifest=manifest or job.manifest)
    change, condition = _outcomes(job, report, progress, manifest), attempt_is(report.attempt)
    if progress.results_bytes:
        condition &= results_within(most_bytes(job.original.size if job.original else 0), progress.results_bytes)
    if progress.ending is None:
        change &= settle(progress.parts)
        return Settlement(change=change, condition=condition & pending_is_more_than(progress.parts), job=after)
    fault = progress.ending.fault
    after = replace(after, public_bytes=public_bytes)
    after = replace(after, stored_bytes=stored_size(after), counted_cpu_ms=after.cost.cpu_ms)
    change &= put(completed_at=iso(moment), fault=fault.model_dump() if fault else None) & CLOSED
    change &= put(stored_bytes=after.stored_bytes, public_bytes=public_bytes or None)
    change &= put(counted_cpu_ms=after.counted_cpu_ms)
    condition &= pending_is_exactly(progress.parts) & published_is(published=job.published)
    return Settlement(change=change, condition=condition, job=after)


def _outcomes(job: Job, report: TaskFinished, progress: Progress, manifest: ObjectRef | None) -> Change:
    described = report.description is not None and SOURCE_PART in progress.parts
    return (
        put(
            original_sha256=report.original_sha256,
            described=True if described else None,
            thumbnail=progress.thumbnail.model_dump() if progress.thumbnail else None,
            engine=report.engine or None,
            manifest=manifest.model_dump() if manifest else None,
        )
        # The report of the end may come before that of the start, which then finds the job no longer queued.
        & put_once(worker=report.worker, started_at=iso(report.started_at))
        & put_variants(job, progress.variants)
        & add_cost(report.cost)
        & add_results(progress.results_bytes)
    )
