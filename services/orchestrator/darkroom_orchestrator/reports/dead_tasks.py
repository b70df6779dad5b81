"""Dead tasks: a task that no processor could finish fails its variants, with the reason."""

from dataclasses import dataclass

from darkroom.clock import Clock
from darkroom.jobs import SOURCE_PART, Fault
from darkroom.messages import ProcessTask
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.records.progress import LOST, lost_report
from darkroom_orchestrator.reports.finish import Finish

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class FailDeadTask:
    """Ends a task from the dead-letter queue."""

    finish: Finish
    tries: int
    """Number of receives after which a task is dead."""
    now: Clock

    async def __call__(self, task: ProcessTask) -> None:
        """Fail all parts of the task that are still pending. Raises Unavailable, and may then be repeated."""
        # The reason is unknown: its processors may have died, or what they need may have been unavailable.
        message = f"The image could not be processed in {self.tries} tries. Retry it, or upload it again."
        fault = Fault(code=LOST, message=message)
        _LOG.info("dead_task_failed", attempt=task.attempt, task=task.task)
        await self.finish(lost_report(task.job_id, task.attempt, _parts(task), fault, self.now()))


def _parts(task: ProcessTask) -> set[str]:
    variants = {planned.variant.name for planned in task.variants}
    return variants | {SOURCE_PART} if task.describe else variants
