"""A queue: the port that consumers and senders use, and SQS behind it."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Protocol

from pydantic import BaseModel

from darkroom.errors import Unavailable
from darkroom.runtime import tracing
from darkroom.runtime.aws import translated

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient
    from types_aiobotocore_sqs.type_defs import (
        MessageAttributeValueTypeDef,
        MessageTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

BATCH: Final = 10
"""Entries of one SQS batch call."""

LARGEST_BODY_BYTES: Final = 250_000
"""SQS takes 256 KiB a call, attributes included: the rest is theirs."""

OWNER_ATTRIBUTE: Final = "owner"
"""Message attribute that says whose a message is."""

_GROUP_DIGITS: Final = 32
_SEND_ATTEMPTS: Final = 4
_SEND_PAUSE_SECONDS: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message to send about a job."""

    job_id: str
    message: BaseModel
    owner: str | None = None
    """Whose it is, for queues in which owners take turns."""

    @property
    def attributes(self) -> dict[str, str]:
        """What travels beside the body."""
        return tracing.outgoing(self.job_id) | ({OWNER_ATTRIBUTE: self.owner} if self.owner else {})


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One receipt of a message. The same message may be delivered again, with another handle."""

    message_id: str
    body: str
    handle: str
    receives: int
    """How often the message was received, this time included: more than 1 means that someone failed before."""
    attributes: dict[str, str] = field(default_factory=dict)
    """The sender's: `job_id`, `owner`, `traceparent`."""


@dataclass(frozen=True, kw_only=True)
class Depth:
    """Messages in a queue, about."""

    visible: int
    in_flight: int


class Queue(Protocol):
    """At-least-once, unordered delivery with a visibility timeout. All methods raise Unavailable."""

    async def send(self, outgoing: Sequence[Outgoing]) -> None:
        """Send all, or raise. After a raise some may have been sent."""

    async def receive(self, *, most: int, wait_seconds: int) -> list[Delivery]:
        """Wait for messages and return between 0 and `most` (at most 10)."""

    async def delete(self, deliveries: Sequence[Delivery]) -> None:
        """Take messages out for good. One whose visibility ran out may come again all the same."""

    async def set_visibility(self, deliveries: Sequence[Delivery], seconds: int) -> None:
        """Hide messages for so long from now; 0 gives them back at once. Those already lost are passed over."""

    async def depth(self) -> Depth:
        """How many messages there are."""


class SqsQueue:
    """A queue in SQS."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    async def send(self, outgoing: Sequence[Outgoing]) -> None:
        """See Queue. Entries that a batch call refuses are sent again, alone of their batch."""
        for batch in _batches([(body_of(one.message), one.attributes) for one in outgoing]):
            await self._send_batch(batch)

    async def forward(self, deliveries: Sequence[Delivery]) -> None:
        """Send messages that another queue delivered, bodies and attributes as they came. Raises Unavailable."""
        for batch in _batches([(delivery.body, delivery.attributes) for delivery in deliveries]):
            await self._send_batch(batch)

    async def _send_batch(self, batch: "Sequence[_Entry]") -> None:
        left = dict(enumerate(batch))
        for attempt in range(_SEND_ATTEMPTS):
            with translated("SQS"):
                answer = await self._client.send_message_batch(
                    QueueUrl=self._url,
                    Entries=[_entry(str(index), body, attributes) for index, (body, attributes) in left.items()],
                )
            left = {int(failed["Id"]): left[int(failed["Id"])] for failed in answer.get("Failed", [])}
            if not left:
                return
            await asyncio.sleep(_SEND_PAUSE_SECONDS * 2**attempt)
        raise Unavailable(f"SQS refused {len(left)} of {len(batch)} messages. Try again.")

    async def receive(self, *, most: int, wait_seconds: int) -> list[Delivery]:
        """See Queue."""
        with translated("SQS"):
            answer = await self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=most,
                WaitTimeSeconds=wait_seconds,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
                MessageAttributeNames=["All"],
            )
        return [_delivery(message) for message in answer.get("Messages", [])]

    async def delete(self, deliveries: Sequence[Delivery]) -> None:
        """See Queue."""
        for start in range(0, len(deliveries), BATCH):
            with translated("SQS"):
                await self._client.delete_message_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {"Id": str(index), "ReceiptHandle": delivery.handle}
                        for index, delivery in enumerate(deliveries[start : start + BATCH])
                    ],
                )

    async def set_visibility(self, deliveries: Sequence[Delivery], seconds: int) -> None:
        """See Queue."""
        for start in range(0, len(deliveries), BATCH):
            with translated("SQS"):
                await self._client.change_message_visibility_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {"Id": str(index), "ReceiptHandle": delivery.handle, "VisibilityTimeout": seconds}
                        for index, delivery in enumerate(deliveries[start : start + BATCH])
                    ],
                )

    async def depth(self) -> Depth:
        """See Queue."""
        with translated("SQS"):
            answer = await self._client.get_queue_attributes(
                QueueUrl=self._url,
                AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
            )
        counts = answer["Attributes"]
        return Depth(
            visible=int(counts["ApproximateNumberOfMessages"]),
            in_flight=int(counts["ApproximateNumberOfMessagesNotVisible"]),
        )


_Entry = tuple[str, dict[str, str]]
"""A body and the attributes beside it."""


def body_of(message: BaseModel) -> str:
    """A message as it travels: JSON in ASCII, since SQS refuses some characters of Unicode (U+FFFF, say)."""
    return message.model_dump_json(exclude_none=True, ensure_ascii=True)


def _batches(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    """The entries of one call each: at most ten, which together are no larger than one may be."""
    batch: list[_Entry] = []
    size = 0
    for entry in entries:
        length = len(entry[0].encode())
        if batch and (len(batch) == BATCH or size + length > LARGEST_BODY_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(entry)
        size += length
    if batch:
        yield batch


def group_of(owner: str) -> str:
    """The message group of an owner, which may have any name; SQS takes some characters only.

    Standard queues deliver groups fairly: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
    """
    return sha256(owner.encode()).hexdigest()[:_GROUP_DIGITS]


def _entry(entry_id: str, body: str, attributes: dict[str, str]) -> "SendMessageBatchRequestEntryTypeDef":
    entry: SendMessageBatchRequestEntryTypeDef = {
        "Id": entry_id,
        "MessageBody": body,
        "MessageAttributes": _attributes(attributes),
    }
    if OWNER_ATTRIBUTE in attributes:
        entry["MessageGroupId"] = group_of(attributes[OWNER_ATTRIBUTE])
    return entry


def _attributes(values: dict[str, str]) -> "dict[str, MessageAttributeValueTypeDef]":
    return {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}


def _delivery(message: "MessageTypeDef") -> Delivery:
    return Delivery(
        message_id=message["MessageId"],
        body=message["Body"],
        handle=message["ReceiptHandle"],
        receives=int(message["Attributes"]["ApproximateReceiveCount"]),
        attributes={
            name: value["StringValue"]
            for name, value in message.get("MessageAttributes", {}).items()
            if "StringValue" in value
        },
    )
