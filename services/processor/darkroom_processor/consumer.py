"""Handles the messages of the tasks queue."""

from pydantic import ValidationError

from darkroom.messages import MakeImage, ProcessTask, Task
from darkroom.runtime.consumer import Handler, Poison
from darkroom.runtime.queue import Delivery
from darkroom_processor.worker import Worker


def task_handler(worker: Worker) -> Handler:
    """Return the handler that performs the task in each message, or makes the requested image."""

    async def handle(delivery: Delivery) -> None:
        task = _task(delivery)
        if isinstance(task, MakeImage):
            await worker.make(task)
        else:
            await worker.perform(task)

    return handle


def _task(delivery: Delivery) -> ProcessTask | MakeImage:
    try:
        return Task.validate_json(delivery.body)
    except ValidationError as error:
        raise Poison("The message is not a task in a version that this processor supports.") from error
