"""Dead tasks: what no processor could finish becomes a failure of its job, with the reason."""

from collections.abc import Callable
from datetime import datetime

from darkroom.jobs import SOURCE_PART, Fault
from darkroom.messages import ProcessTask
from darkroom.runtime.logs import get_logger
from darkroom_orchestrator.records.progress import LOST, given_up
from darkroom_orchestrator.reports.finish import Finish

_LOG = get_logger(__name__)


class Bury:
    """Reports a task of the dead-letter queue as failed."""

    def __init__(self, *, finish: Finish, tries: int, now: Callable[[], datetime]) -> None:
        self._finish = finish
        self._tries = tries
        self._now = now

    async def __call__(self, task: ProcessTask) -> None:
        """Settle all parts of the task that are still pending. Raises Unavailable, and may then be done again."""
        # Whether its processors died or what they need was away, nobody has told.
        message = f"The image could not be processed in {self._tries} tries. Retry it, or upload it anew."
        fault = Fault(code=LOST, message=message)
        _LOG.info("task_buried", attempt=task.attempt, task=task.task)
        await self._finish(given_up(task.job_id, task.attempt, _parts(task), fault, self._now()))


def _parts(task: ProcessTask) -> set[str]:
    variants = {planned.variant.name for planned in task.variants}
    return variants | {SOURCE_PART} if task.describe else variants
