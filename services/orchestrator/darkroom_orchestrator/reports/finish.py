"""Fan-in: what a task reports becomes the job's, once, whatever the number and order of the reports."""

from collections.abc import Collection

from darkroom.jobs import OPEN, RETRYABLE, Job, JobStatus, ObjectRef, VariantOutcome
from darkroom.messages import TaskFinished
from darkroom.object_keys import manifest_key
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.records.job_store import AT_WORK, JobStore
from darkroom_orchestrator.records.progress import Progress, advanced_job, parts_of_report, progress_of
from darkroom_orchestrator.reports.manifest import Manifest
from darkroom_orchestrator.storage.results import Results
from darkroom_orchestrator.storage.versions import Version

_LOG = get_logger(__name__)

_ANNOUNCED = RETRYABLE | {JobStatus.COMPLETED}
"""The statuses in which reports leave a job."""
_OVER = frozenset(JobStatus) - OPEN - RETRYABLE
"""The statuses after which nothing is put for a job any more, but by workers that are late."""


class Finish:
    """Settles the parts of a job that a report brings; when they were the last, the end is announced."""

    def __init__(self, *, jobs: JobStore, results: Results, events: JobEvents, slots: Slots) -> None:
        self._jobs = jobs
        self._results = results
        self._events = events
        self._slots = slots

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
            manifest = await self._manifest(job, report, progress)
            advanced = await self._jobs.advance(job, report, progress, manifest=manifest)
            if advanced:
                await self._after(advanced, report, progress)
                return

    async def _manifest(self, job: Job, report: TaskFinished, progress: Progress) -> ObjectRef | None:
        """Write the manifest if this ends the job: before the end, so that no ended job is without.

        The write of the end names the version, and who loses that write has left one that no job names:

            this report   puts version 1 ─────────────────── ends the job: refused; finds it late, deletes version 1
            another             puts version 2 ── ends the job, which names version 2
        """
        if progress.ending is None:
            return None
        recipe = await self._jobs.recipe_of(job.job_id)
        if recipe is None:
            return None  # The job has been cancelled and deleted since it was read, so the write of its end will lose.
        description = report.description
        if description is None and job.described:
            description = (await self._jobs.details_of(job.job_id)).description
        ended = advanced_job(job, report, progress, report.finished_at)
        manifest = Manifest.of(ended, report, recipe, description)
        return await self._results.put_manifest(job.job_id, manifest.to_json())

    async def _after(self, job: Job, report: TaskFinished, progress: Progress) -> None:
        _LOG.info("parts_settled", attempt=job.attempt, parts=len(progress.parts), left=len(job.pending))
        if progress.ending:
            _LOG.info("job_ended", status=job.status, attempt=job.attempt, cpu_ms=job.cost.cpu_ms)
            await self._end(job)
        former_manifest = manifest_key(job.job_id) if progress.ending and job.attempt > 1 else None
        if former_manifest or parts_of_report(report) != progress.parts or _refuses_any(report, progress):
            await self._discard_unclaimed(job, report.outcomes, former_manifest)

    async def _too_late(self, job: Job | None, report: TaskFinished) -> None:
        """The job is over, gone or in a later attempt.

        If it ended in this very attempt, an earlier delivery of this report may have ended it and then failed to say
        so: the event is published again, under the same id, and the next job is looked for again.
        """
        _LOG.info("report_late", attempt=report.attempt, status=job.status if job else "deleted")
        if job and job.attempt == report.attempt and job.status in _ANNOUNCED:
            await self._end(job)
        await self._discard_unclaimed(job, report.outcomes, manifest_key(report.job_id))

    async def _end(self, job: Job) -> None:
        """What follows the write that ended a job."""
        await self._events.publish(job)
        await self._slots.pass_on(job.owner, ended=job.job_id)

    async def _discard_unclaimed(
        self, job: Job | None, outcomes: Collection[VariantOutcome], manifest: str | None = None
    ) -> None:
        """Delete the objects that a report names and the job does not, and the manifests that it may have left.

        The versions are listed before the job is read again, and no others are deleted:

            this report   lists versions ── reads the job: nobody claims the key ── deletes what was listed
            a retry                                            puts a new version, and the job names it

        Whatever is put for a later attempt is put after that attempt has begun, so it was either not there to be
        listed, or the job was already waiting for it when it was read.
        """
        keys = _unclaimed(job, outcomes) | ({manifest} if manifest else set())
        if not keys:
            return
        versions = await self._results.versions_of(keys)
        job_now = await self._jobs.get(job.job_id) if job else None
        unclaimed = _unclaimed(job_now, outcomes)
        discarded = [
            version
            for version in versions
            if (version.key in unclaimed if version.key != manifest else not _is_manifest_of(job_now, version))
        ]
        kept = {version.key for version in versions if version not in discarded}
        over = job_now is None or job_now.status in _OVER
        await self._results.delete(discarded, given_up=keys - kept if over else ())
        _LOG.info("results_discarded", objects=len(discarded))


def _refuses_any(report: TaskFinished, progress: Progress) -> bool:
    """Whether a picture was made that the job does not take, since it would store too much."""
    made = {outcome.name for outcome in report.outcomes if outcome.result}
    return any(state.result is None for name, state in progress.variants.items() if name in made)


def _is_manifest_of(job: Job | None, version: Version) -> bool:
    """Whether a version of a manifest is the one that the job names, or may be the one that it is about to name."""
    if job is None:
        return False
    if job.status in AT_WORK:
        return True
    return job.manifest is not None and job.manifest.version_id in (None, version.version_id)


def _unclaimed(job: Job | None, outcomes: Collection[VariantOutcome]) -> set[str]:
    """Keys that outcomes name and the job neither has nor waits for: tasks of one variant write one key."""
    named = {outcome.result.key: outcome.name for outcome in outcomes if outcome.result}
    if job is None:
        return set(named)
    kept = {state.result.key for state in job.variants.values() if state.result}
    return {key for key, name in named.items() if key not in kept and name not in job.pending}
