"""Reads the messages of the `notifications` queue and delivers their events."""

from pydantic import ValidationError

from darkroom.messages import DeliveryRequested, Notification
from darkroom.runtime.consumer import Handler, Poison
from darkroom.runtime.queue import Delivery
from darkroom_orchestrator.webhooks.deliver import Deliver


def notifications_handler(deliver: Deliver) -> Handler:
    """Return the handler of job events from the topic, and of requests to deliver an event again."""

    async def handle(delivery: Delivery) -> None:
        try:
            notification = Notification.validate_json(delivery.body)
        except ValidationError as error:
            raise Poison("The message is not an event of a job.") from error
        if isinstance(notification, DeliveryRequested):
            await deliver(notification.event, number=delivery.receives, replay=notification.replay)
        else:
            await deliver(notification, number=delivery.receives)

    return handle
