"""Fan-in: what a task reports becomes the job's, once, whatever the number and order of the reports."""

from collections.abc import Collection

from darkroom.jobs import RETRYABLE, Job, JobStatus, VariantOutcome
from darkroom.logs import get_logger
from darkroom.messages import TaskFinished
from darkroom_orchestrator.adapters.events import JobEvents
from darkroom_orchestrator.adapters.job_store import AT_WORK, JobStore
from darkroom_orchestrator.adapters.results import Results
from darkroom_orchestrator.progress import Progress, parts_of_report, progress_of

_LOG = get_logger(__name__)

_ANNOUNCED = RETRYABLE | {JobStatus.COMPLETED}
"""The statuses in which reports leave a job."""


class Finish:
    """Settles the parts of a job that a report brings, and announces the job's end when they were the last."""

    def __init__(self, *, jobs: JobStore, results: Results, events: JobEvents) -> None:
        self._jobs = jobs
        self._results = results
        self._events = events

    async def __call__(self, report: TaskFinished) -> None:
        """Take a report in. Raises Unavailable, and may then be given the same report again."""
        # A lost write means that another report settled parts of this job in between. There are finitely many parts,
        # so reading again comes to an end.
        while True:
            job = await self._jobs.get(report.job_id)
            if job is None or job.attempt != report.attempt or job.status not in AT_WORK:
                await self._too_late(job, report)
                return
            progress = progress_of(job, report)
            if progress is None:
                _LOG.info("report_repeated", attempt=report.attempt, task=report.task)
                await self._discard_unclaimed(job, report.outcomes)
                return
            advanced = await self._jobs.advance(report, progress)
            if advanced:
                await self._after(advanced, report, progress)
                return

    async def _after(self, job: Job, report: TaskFinished, progress: Progress) -> None:
        _LOG.info("parts_settled", attempt=job.attempt, parts=len(progress.parts), left=len(job.pending))
        if progress.ending:
            _LOG.info("job_ended", status=job.status, attempt=job.attempt, cpu_ms=job.cost.cpu_ms)
            await self._events.publish(job)
        if parts_of_report(report) != progress.parts:
            await self._discard_unclaimed(job, report.outcomes)

    async def _too_late(self, job: Job | None, report: TaskFinished) -> None:
        """The job is over, gone or in a later attempt.

        If it ended in this very attempt, an earlier delivery of this report may have ended it and then failed to say
        so: the event is published again, under the same id.
        """
        _LOG.info("report_late", attempt=report.attempt, status=job.status if job else "deleted")
        if job and job.attempt == report.attempt and job.status in _ANNOUNCED:
            await self._events.publish(job)
        await self._discard_unclaimed(job, report.outcomes)

    async def _discard_unclaimed(self, job: Job | None, outcomes: Collection[VariantOutcome]) -> None:
        """Delete the objects that a report names and the job does not.

        The versions are listed before the job is read again, and no others are deleted:

            this report   lists versions ── reads the job: nobody claims the key ── deletes what was listed
            a retry                                            puts a new version, and the job names it

        Whatever is put for a later attempt is put after that attempt has begun, so it was either not there to be
        listed, or the job was already waiting for it when it was read.
        """
        if not _unclaimed(job, outcomes):
            return
        versions = await self._results.versions_of(_unclaimed(job, outcomes))
        job_now = await self._jobs.get(job.job_id) if job else None
        unclaimed = _unclaimed(job_now, outcomes)
        await self._results.delete([version for version in versions if version.key in unclaimed])
        _LOG.info("results_discarded", objects=len(unclaimed))


def _unclaimed(job: Job | None, outcomes: Collection[VariantOutcome]) -> set[str]:
    """Keys that outcomes name and the job neither has nor waits for: tasks of one variant write one key."""
    named = {outcome.result.key: outcome.name for outcome in outcomes if outcome.result}
    if job is None:
        return set(named)
    kept = {state.result.key for state in job.variants.values() if state.result}
    return {key for key, name in named.items() if key not in kept and name not in job.pending}
