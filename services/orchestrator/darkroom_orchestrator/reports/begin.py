"""A worker has begun: queued → processing."""

from darkroom.messages import TaskStarted
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.records.job_store import JobStore

_LOG = get_logger(__name__)


class Begin:
    """Records that a job's first task has begun."""

    def __init__(self, jobs: JobStore) -> None:
        self._jobs = jobs

    async def __call__(self, report: TaskStarted) -> None:
        """Take a report in. Only the first of an attempt counts, and none after one that says "finished"."""
        if await self._jobs.begin(report):
            _LOG.info("job_began", worker=report.worker, attempt=report.attempt)
        else:
            _LOG.debug("start_report_late", worker=report.worker, attempt=report.attempt)
