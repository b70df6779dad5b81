"""Records that a processor has begun a job: queued → processing."""

from dataclasses import dataclass

from darkroom.messages import TaskStarted
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.records.job_store import JobStore

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Begin:
    """Handles the report that a task has started."""

    jobs: JobStore

    async def __call__(self, report: TaskStarted) -> None:
        """Record the start, if the job is still queued in this attempt. Raises Unavailable."""
        if await self.jobs.begin(report):
            _LOG.info("job_began", worker=report.worker, attempt=report.attempt)
        else:
            _LOG.debug("start_report_late", worker=report.worker, attempt=report.attempt)
