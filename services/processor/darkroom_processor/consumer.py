"""From the tasks queue to the use case."""

from pydantic import ValidationError

from darkroom.messages import ProcessTask
from darkroom.runtime.consumer import Handler, Poison
from darkroom.runtime.queue import Delivery
from darkroom_processor.worker import Worker


def task_handler(worker: Worker) -> Handler:
    """What the consumer does with each message."""

    async def handle(delivery: Delivery) -> None:
        await worker.perform(_task(delivery))

    return handle


def _task(delivery: Delivery) -> ProcessTask:
    try:
        return ProcessTask.model_validate_json(delivery.body)
    except ValidationError as error:
        raise Poison("The message is not a task of a version that is known here.") from error
