"""Handles the messages of the tasks queue."""

from pydantic import ValidationError

from darkroom.messages import ProcessTask
from darkroom.runtime.consumer import Handler, Poison
from darkroom.runtime.queue import Delivery
from darkroom_processor.worker import Worker


def task_handler(worker: Worker) -> Handler:
    """Return the handler that performs the task in each message."""

    async def handle(delivery: Delivery) -> None:
        await worker.perform(_task(delivery))

    return handle


def _task(delivery: Delivery) -> ProcessTask:
    try:
        return ProcessTask.model_validate_json(delivery.body)
    except ValidationError as error:
        raise Poison("The message is not a task in a version that this processor supports.") from error
