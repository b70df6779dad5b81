"""Computes what a report adds to its job. It calls nothing, so only the write that follows can fail."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from darkroom.errors import UndecodableImage
from darkroom.jobs import (
    SOURCE_PART,
    Cost,
    Fault,
    Job,
    JobStatus,
    Thumbnail,
    VariantOutcome,
    VariantState,
    VariantStatus,
    final_status,
    results_bytes,
)
from darkroom.messages import TaskFinished
from darkroom.planner.output_bytes import most_bytes, too_many_bytes

NO_WORKER: Final = "orchestrator"
"""Name of the worker in reports that no processor wrote."""
LOST: Final = "lost"
"""Code of the fault of a part for which no report came."""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a job ends."""

    status: JobStatus
    fault: Fault | None
    """The reason why the job failed; None unless it failed."""


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The parts that a report settles, and the new states of their variants."""

    parts: frozenset[str]
    """Pending parts that the report settles; never empty."""
    variants: Mapping[str, VariantState]
    """New states of the variants among these parts."""
    thumbnail: Thumbnail | None
    """The thumbnail, if the report settles the source's description and stored one."""
    ending: Ending | None
    """None while other parts are pending."""

    @property
    def results_bytes(self) -> int:
        """Bytes of the results that it adds."""
        return sum(state.result.size for state in self.variants.values() if state.result)


def progress_of(job: Job, report: TaskFinished) -> Progress | None:
    """Return what a report adds to a job as it was read, or None if all parts of the report are settled already."""
    parts = parts_of_report(report) & job.pending
    if not parts:
        return None
    variants = _states(job, [outcome for outcome in report.outcomes if outcome.name in parts])
    ending = _ending(job, report, {**job.variants, **variants}) if parts == job.pending else None
    thumbnail = report.thumbnail if SOURCE_PART in parts else None
    return Progress(parts=parts, variants=variants, thumbnail=thumbnail, ending=ending)


def advanced_job(job: Job, report: TaskFinished, progress: Progress, moment: datetime) -> Job:
    """Return the job as the write of this progress, at this moment, leaves it.

    This is exact if the progress ends the job: the write requires that no other part is pending, so nothing else has
    changed since the job was read. Otherwise other reports may have settled more parts before the write.
    """
    spent, more, ending = job.cost, report.cost, progress.ending
    return replace(
        job,
        status=ending.status if ending else JobStatus.PROCESSING,
        updated_at=moment,
        completed_at=moment if ending else job.completed_at,
        deadline=None if ending else job.deadline,
        slots=None if ending else job.slots,
        fault=ending.fault if ending else job.fault,
        pending=job.pending - progress.parts,
        variants={**job.variants, **progress.variants},
        described=job.described or report.description is not None,
        thumbnail=progress.thumbnail or job.thumbnail,
        original_sha256=report.original_sha256 or job.original_sha256,
        engine=report.engine or job.engine,
        started_at=job.started_at or report.started_at,
        worker=job.worker or report.worker,
        cost=Cost(
            cpu_ms=spent.cpu_ms + more.cpu_ms,
            bytes_read=spent.bytes_read + more.bytes_read,
            bytes_written=spent.bytes_written + more.bytes_written,
        ),
    )


def parts_of_report(report: TaskFinished) -> frozenset[str]:
    """Return the parts for which a report has an outcome, good or bad."""
    named = {outcome.name for outcome in report.outcomes}
    return frozenset(named | {SOURCE_PART} if report.described else named)


def lost_report(job_id: str, attempt: int, parts: Collection[str], fault: Fault, moment: datetime) -> TaskFinished:
    """Return a report that fails parts of a job, in place of the one that no processor will send."""
    return TaskFinished(
        job_id=job_id,
        attempt=attempt,
        task=0,
        worker=NO_WORKER,
        described=SOURCE_PART in parts,
        fault=fault,
        outcomes=tuple(VariantOutcome(name=part, fault=fault) for part in sorted(parts) if part != SOURCE_PART),
        started_at=moment,
        finished_at=moment,
    )


def _states(job: Job, outcomes: Iterable[VariantOutcome]) -> dict[str, VariantState]:
    """Return the states of variants. A variant fails if its result is larger than what the job may still store.

    Each task respects the limit of the whole job, but does not know what the other tasks store.
    """
    states: dict[str, VariantState] = {}
    left = most_bytes(job.original.size if job.original else 0) - results_bytes(job)
    for outcome in outcomes:
        states[outcome.name] = _state(outcome)
        if outcome.result and outcome.result.size > left:
            error = too_many_bytes(outcome.result.size, left)
            fault = Fault(code=error.code, message=error.message)
            states[outcome.name] = VariantState(status=VariantStatus.FAILED, fault=fault)
        elif outcome.result:
            left -= outcome.result.size
    return states


def _state(outcome: VariantOutcome) -> VariantState:
    if outcome.result:
        return VariantState(status=VariantStatus.COMPLETED, result=outcome.result)
    return VariantState(status=VariantStatus.FAILED, fault=outcome.fault)


def _ending(job: Job, report: TaskFinished, variants: Mapping[str, VariantState]) -> Ending:
    described = job.described or report.description is not None
    awaited = [state.status for state in variants.values() if not state.on_request]
    status = final_status(awaited, described=described)
    return Ending(status=status, fault=_cause(report, variants.values()) if status is JobStatus.FAILED else None)


def _cause(report: TaskFinished, variants: Iterable[VariantState]) -> Fault:
    """Return why the job failed: the fault of the source, otherwise that of the first variant that has one."""
    faults = [report.fault, *(state.fault for state in variants)]
    unknown = Fault(code=UndecodableImage.code, message="The image could not be read.")
    return next((fault for fault in faults if fault), unknown)
