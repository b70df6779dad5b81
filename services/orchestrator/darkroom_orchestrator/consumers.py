"""Reads the messages of each queue and passes them to a use case."""

from pydantic import ValidationError

from darkroom.messages import ContinueAction, CopyRequested, ImageMade, MakeImage, Report, Task, TaskStarted
from darkroom.runtime.consumer import Handler, Poison
from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import Delivery
from darkroom_orchestrator.actions.perform import PerformAction
from darkroom_orchestrator.arrivals.announcements import read_announcements
from darkroom_orchestrator.arrivals.begin_copy import BeginCopy
from darkroom_orchestrator.arrivals.start import Start
from darkroom_orchestrator.reports.begin import Begin
from darkroom_orchestrator.reports.dead_tasks import FailDeadTask
from darkroom_orchestrator.reports.finish import Finish
from darkroom_orchestrator.requested.record_image import FailDeadImage, RecordImage

_LOG = get_logger(__name__)


def uploads_handler(start: Start, begin_copy: BeginCopy, perform_action: PerformAction) -> Handler:
    """Return the handler of announcements, S3 notifications, requests for copies and actions.

    A notification may name several objects.
    """

    async def handle(delivery: Delivery) -> None:
        redelivered = delivery.receives > 1
        for new in read_announcements(delivery.body):
            if isinstance(new, CopyRequested):
                await begin_copy.of(new.job_id, redelivered=redelivered)
            elif isinstance(new, ContinueAction):
                await perform_action(new.action_id)
            else:
                await start(new, redelivered=redelivered)

    return handle


def reports_handler(begin: Begin, finish: Finish, record_image: RecordImage) -> Handler:
    """Return the handler of the processors' reports."""

    async def handle(delivery: Delivery) -> None:
        try:
            report = Report.validate_json(delivery.body)
        except ValidationError as error:
            raise Poison("The message is not a report of a processor.") from error
        if isinstance(report, TaskStarted):
            await begin(report)
        elif isinstance(report, ImageMade):
            await record_image(report)
        else:
            await finish(report)

    return handle


def dead_tasks_handler(fail_dead_task: FailDeadTask, fail_dead_image: FailDeadImage) -> Handler:
    """Return the handler of tasks from the dead-letter queue."""

    async def handle(delivery: Delivery) -> None:
        try:
            task = Task.validate_json(delivery.body)
        except ValidationError as error:
            # There is no further queue: an error would bring this message back forever. The sweeper handles its job.
            _LOG.error("dead_task_unreadable", message_id=delivery.message_id, exc_info=error)
            return
        if isinstance(task, MakeImage):
            await fail_dead_image(task)
        else:
            await fail_dead_task(task)

    return handle
