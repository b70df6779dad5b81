"""The topic of job events on the emulator, and the queue that gets the events of jobs with a callback URL."""

import json
from dataclasses import dataclass

from darkroom.topology import CALLBACK_FILTER, Topology
from darkroom_local import queues
from darkroom_local.clients import Clients
from darkroom_local.installation import CreatedQueue
from darkroom_local.queues import Sender


@dataclass(frozen=True, kw_only=True)
class CreatedTopic:
    """The topic and its subscriber."""

    arn: str
    notifications: CreatedQueue


async def create(clients: Clients, topology: Topology) -> CreatedTopic:
    """Create the topic and its subscription. A second call adds no second subscription."""
    arn = (await clients.sns.create_topic(Name=topology.job_events_topic))["TopicArn"]
    sender = Sender(service="sns.amazonaws.com", arn=arn)
    notifications = await queues.create(clients.sqs, topology.notifications, sender=sender)
    await clients.sns.subscribe(
        TopicArn=arn,
        Protocol="sqs",
        Endpoint=notifications.arn,
        Attributes={"RawMessageDelivery": "true", "FilterPolicy": json.dumps(CALLBACK_FILTER)},
    )
    return CreatedTopic(arn=arn, notifications=notifications)
