"""Fan-in: adds what a task reports to its job, once, however often and in whatever order the reports come."""

from dataclasses import dataclass
from typing import Final

from darkroom.jobs import OPEN, RETRYABLE, SOURCE_PART, Job, JobStatus, ObjectRef, results_bytes
from darkroom.messages import TaskFinished
from darkroom.object_keys import manifest_key, thumbnail_key
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.publishing.copying import Copying
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.open_jobs import AT_WORK
from darkroom_orchestrator.records.progress import Progress, advanced_job, parts_of_report, progress_of
from darkroom_orchestrator.reports.manifest import Manifest
from darkroom_orchestrator.storage.results import Results
from darkroom_orchestrator.storage.versions import Version

_LOG = get_logger(__name__)

_ENDED_BY_REPORTS: Final = RETRYABLE | {JobStatus.COMPLETED}
"""Statuses that the last report gives a job."""
_FINAL: Final = frozenset(JobStatus) - OPEN - RETRYABLE
"""Statuses after which only late workers still store objects for a job."""


@dataclass(frozen=True, kw_only=True)
class Finish:
    """Settles the parts of a job that a report has outcomes for. After the last one it announces the job's end."""

    jobs: JobStore
    results: Results
    copying: Copying
    events: JobEvents
    slots: Slots

    async def __call__(self, report: TaskFinished) -> None:
        """Handle a report. Raises Unavailable, and may then be repeated with the same report."""
        # A lost write means that another report has settled parts of this job since it was read. The number of parts
        # is finite, so this loop ends.
        while True:
            since = self.copying.now()
            job = await self.jobs.get(report.job_id)
            if job is None or job.attempt != report.attempt or job.status not in AT_WORK:
                await self._too_late(job, report)
                return
            progress = progress_of(job, report)
            if progress is None:
                _LOG.info("report_repeated", attempt=report.attempt, task=report.task)
                await self._discard_unclaimed(job, report)
                return
            public_bytes = await self._published(job, report, progress, since=since)
            manifest = await self._manifest(job, report, progress)
            advanced = await self.jobs.advance(job, report, progress, manifest=manifest, public_bytes=public_bytes)
            if advanced:
                await self._after(advanced, report, progress)
                return

    async def _published(self, job: Job, report: TaskFinished, progress: Progress, *, since: float) -> int:
        """Copy the results of a published job if this report ends it, and return the bytes of all its copies.

        The copies come before the end, as the manifest does. If this report loses the write that names them, another
        has named the same copies, or the job is not published any more and its withdrawal removes them.
        """
        if progress.ending is None or not job.published:
            return 0
        ended = advanced_job(job, report, progress, report.finished_at)
        await self.copying(ended, since=since)
        return results_bytes(ended)

    async def _manifest(self, job: Job, report: TaskFinished, progress: Progress) -> ObjectRef | None:
        """Store the manifest if this report ends the job. It comes before the end, so every ended job has one.

        The write that ends the job names the version. A report that loses this write leaves a version that no job
        names:

            this report   puts version 1 ─────────────────── ends the job: refused; finds it late, deletes version 1
            another             puts version 2 ── ends the job, which names version 2
        """
        if progress.ending is None:
            return None
        recipe = await self.jobs.recipe_of(job.job_id)
        if recipe is None:
            return None  # The job was cancelled and deleted since it was read. The write that ends it will be refused.
        description = report.description
        if description is None and job.described:
            description = (await self.jobs.details_of(job.job_id)).description
        ended = advanced_job(job, report, progress, report.finished_at)
        manifest = Manifest.of(ended, report, recipe, description)
        return await self.results.put_manifest(job.job_id, manifest.to_json())

    async def _after(self, job: Job, report: TaskFinished, progress: Progress) -> None:
        _LOG.info("parts_settled", attempt=job.attempt, parts=len(progress.parts), left=len(job.pending))
        if progress.ending:
            _LOG.info("job_ended", status=job.status, attempt=job.attempt, cpu_ms=job.cost.cpu_ms)
            await self._end(job)
        former_manifest = manifest_key(job.job_id) if progress.ending and job.attempt > 1 else None
        if former_manifest or parts_of_report(report) != progress.parts or _refuses_any(report, progress):
            await self._discard_unclaimed(job, report, former_manifest)

    async def _too_late(self, job: Job | None, report: TaskFinished) -> None:
        """Handle a report whose job has ended, was deleted, or is in a later attempt.

        If the job ended in this attempt, an earlier delivery of this report may have ended it and failed afterwards.
        So the event is published again, under the same ID, and the job's slots are passed on again.
        """
        _LOG.info("report_late", attempt=report.attempt, status=job.status if job else "deleted")
        if job and job.attempt == report.attempt and job.status in _ENDED_BY_REPORTS:
            await self._end(job)
        await self._discard_unclaimed(job, report, manifest_key(report.job_id))

    async def _end(self, job: Job) -> None:
        """Announce the end and pass on the slots, after the write that ended the job."""
        await self.events.publish(job)
        await self.slots.pass_on(job.owner, ended=job.job_id)

    async def _discard_unclaimed(self, job: Job | None, report: TaskFinished, manifest: str | None = None) -> None:
        """Delete the objects that a report names and its job does not, and the job's manifests that it does not name.

        The versions are listed before the job is read again, and only listed versions are deleted:

            this report   lists versions ── reads the job: it does not name the key ── deletes what was listed
            a retry                                            puts a new version, and the job names it

        The objects of a later attempt are stored after that attempt begins. So either they are not listed, or the job
        was already waiting for them when it was read.
        """
        keys = _unclaimed(job, report) | ({manifest} if manifest else set())
        if not keys:
            return
        versions = await self.results.versions_of(keys)
        job_now = await self.jobs.get(job.job_id) if job else None
        unclaimed = _unclaimed(job_now, report)
        discarded = [
            version
            for version in versions
            if (version.key in unclaimed if version.key != manifest else not _is_manifest_of(job_now, version))
        ]
        kept = {version.key for version in versions if version not in discarded}
        final = job_now is None or job_now.status in _FINAL
        await self.results.delete(discarded, given_up=keys - kept if final else ())
        _LOG.info("results_discarded", objects=len(discarded))


def _refuses_any(report: TaskFinished, progress: Progress) -> bool:
    """Whether a result was stored that the job does not accept, because the job would store too much."""
    made = {outcome.name for outcome in report.outcomes if outcome.result}
    return any(state.result is None for name, state in progress.variants.items() if name in made)


def _is_manifest_of(job: Job | None, version: Version) -> bool:
    """Whether the job names this version of a manifest, or may be about to name it."""
    if job is None:
        return False
    if job.status in AT_WORK:
        return True
    return job.manifest is not None and job.manifest.version_id in (None, version.version_id)


def _unclaimed(job: Job | None, report: TaskFinished) -> set[str]:
    """Return the keys of a report's results and thumbnail that the job neither has nor waits for.

    All tasks that make one variant write the same key, and so do those that make the thumbnail.
    """
    named = {outcome.result.key: outcome.name for outcome in report.outcomes if outcome.result}
    if report.thumbnail:
        named[thumbnail_key(report.job_id)] = SOURCE_PART
    if job is None:
        return set(named)
    kept = {state.result.key for state in job.variants.values() if state.result}
    if job.thumbnail:
        kept.add(thumbnail_key(job.job_id))
    return {key for key, name in named.items() if key not in kept and name not in job.pending}
