"""Reads the messages of each queue and passes them to a use case."""

from pydantic import ValidationError

from darkroom.messages import ProcessTask, TaskReport, TaskStarted
from darkroom.runtime.consumer import Handler, Poison
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Delivery
from darkroom_orchestrator.arrivals.announcements import read_announcements
from darkroom_orchestrator.arrivals.start import Start
from darkroom_orchestrator.reports.begin import Begin
from darkroom_orchestrator.reports.dead_tasks import FailDeadTask
from darkroom_orchestrator.reports.finish import Finish

_LOG = get_logger(__name__)


def uploads_handler(start: Start) -> Handler:
    """Return the handler of announcements and S3 notifications. A notification may name several objects."""

    async def handle(delivery: Delivery) -> None:
        for new in read_announcements(delivery.body):
            await start(new, redelivered=delivery.receives > 1)

    return handle


def reports_handler(begin: Begin, finish: Finish) -> Handler:
    """Return the handler of the processors' reports."""

    async def handle(delivery: Delivery) -> None:
        try:
            report = TaskReport.validate_json(delivery.body)
        except ValidationError as error:
            raise Poison("The message is not a report of a task.") from error
        if isinstance(report, TaskStarted):
            await begin(report)
        else:
            await finish(report)

    return handle


def dead_tasks_handler(fail_dead_task: FailDeadTask) -> Handler:
    """Return the handler of tasks from the dead-letter queue."""

    async def handle(delivery: Delivery) -> None:
        try:
            task = ProcessTask.model_validate_json(delivery.body)
        except ValidationError as error:
            # There is no further queue: an error would bring this message back forever. The sweeper handles its job.
            _LOG.error("dead_task_unreadable", message_id=delivery.message_id, exc_info=error)
            return
        await fail_dead_task(task)

    return handle
