"""A queue: the port `Queue` for consumers and senders, and its adapter `SqsQueue`."""

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
"""Most entries of one SQS batch call."""

LARGEST_BODY_BYTES: Final = 250_000
"""Most bytes of the bodies in one call. SQS allows 256 KiB with attributes, which get the rest."""

OWNER_ATTRIBUTE: Final = "owner"
"""Message attribute with the owner of the message's job."""

_GROUP_DIGITS: Final = 32
_SEND_ATTEMPTS: Final = 4
_SEND_PAUSE_SECONDS: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message to send about a job."""

    job_id: str
    message: BaseModel
    owner: str | None = None
    """Owner of the job, for queues that are fair to owners; None for others."""

    @property
    def attributes(self) -> dict[str, str]:
        """Return the message attributes: `job_id`, the trace and the owner."""
        return tracing.outgoing(self.job_id) | ({OWNER_ATTRIBUTE: self.owner} if self.owner else {})


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A message as received once. The same message can be delivered again, with another handle."""

    message_id: str
    body: str
    handle: str
    receives: int
    """How often the message was received, including this time. More than 1 means that a handler failed before."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Attributes from the sender: `job_id`, `owner`, `traceparent`."""


@dataclass(frozen=True, kw_only=True)
class Depth:
    """Approximate number of messages in a queue."""

    visible: int
    in_flight: int


class Queue(Protocol):
    """At-least-once, unordered delivery with a visibility timeout. All methods raise Unavailable."""

    async def send(self, outgoing: Sequence[Outgoing]) -> None:
        """Send all messages. If this raises, some of them may have been sent."""

    async def receive(self, *, most: int, wait_seconds: int) -> list[Delivery]:
        """Wait up to `wait_seconds` for messages. Return 0 to `most` of them; `most` is at most 10."""

    async def delete(self, deliveries: Sequence[Delivery]) -> None:
        """Delete messages. One whose visibility timeout has expired may still come again."""

    async def set_visibility(self, deliveries: Sequence[Delivery], seconds: int) -> None:
        """Hide messages for this many seconds from now. 0 returns them at once. Ignores messages that are gone."""

    async def depth(self) -> Depth:
        """Return the approximate number of messages."""


class SqsQueue:
    """A queue in SQS."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    async def send(self, outgoing: Sequence[Outgoing]) -> None:
        """See Queue. Sends again only those entries of a batch call that SQS refuses."""
        for batch in _batches([(body_of(one.message), one.attributes) for one in outgoing]):
            await self._send_batch(batch)

    async def forward(self, deliveries: Sequence[Delivery]) -> None:
        """Send messages from another queue, with the same bodies and attributes. Raises Unavailable."""
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
"""A body and its attributes."""


def body_of(message: BaseModel) -> str:
    """Return a message as JSON in ASCII. SQS refuses some Unicode characters, such as U+FFFF."""
    return message.model_dump_json(exclude_none=True, ensure_ascii=True)


def _batches(entries: Sequence[_Entry]) -> Iterator[list[_Entry]]:
    """Split entries into batches of one call: at most `BATCH` entries and `LARGEST_BODY_BYTES`."""
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
    """Return the message group of an owner. It is a hash, since SQS allows only some characters.

    Standard queues are fair to groups: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html
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
