"""The contract of every queue: it runs on the queue in memory and on SQS of the emulator."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import aioboto3
import pytest
import pytest_asyncio
from aiobotocore.config import AioConfig
from pydantic import BaseModel

from darkroom.errors import Unavailable
from darkroom.jobs import ObjectRef
from darkroom.messages import UploadArrived
from darkroom.runtime.queue import Delivery, Outgoing, Queue, SqsQueue
from darkroom_local.clients import ACCESS_KEY, REGION
from tests.support.emulator import Cloud
from tests.support.memory_queue import MemoryQueue, away

VISIBILITY_SECONDS = 30
"""Visibility timeout, longer than any test: a message comes back only if the test returns it."""
SHORT_SECONDS = 2
NOWHERE = "http://127.0.0.1:9"
"""The discard port, on which nothing listens."""


class Note(BaseModel):
    """A message for tests."""

    text: str
    nothing: str | None = None


@pytest_asyncio.fixture(params=["memory", "sqs"])
async def queue(request: pytest.FixtureRequest, cloud: Cloud) -> AsyncIterator[Queue]:
    if request.param == "memory":
        yield MemoryQueue(visibility_seconds=VISIBILITY_SECONDS, longest_poll_seconds=20)
        return
    # A queue of its own for each test: a poll that a test left behind must not take another's messages.
    created = await cloud.sqs.create_queue(
        QueueName=f"contract-{uuid4().hex}", Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)}
    )
    yield SqsQueue(cloud.sqs, created["QueueUrl"])
    await cloud.sqs.delete_queue(QueueUrl=created["QueueUrl"])


def notes(*texts: str) -> list[Outgoing]:
    return [Outgoing(job_id=f"job-{text}", message=Note(text=text)) for text in texts]


async def take(queue: Queue, count: int, *, wait_seconds: int = 2) -> list[Delivery]:
    """Receive exactly this number of messages, in several polls if needed."""
    taken: list[Delivery] = []
    async with asyncio.timeout(10):
        while len(taken) < count:
            taken += await queue.receive(most=min(10, count - len(taken)), wait_seconds=wait_seconds)
    return taken


async def test_a_sent_message_is_received_with_its_job_and_without_null_members(queue: Queue) -> None:
    await queue.send(notes("a"))
    (delivery,) = await take(queue, 1)
    assert delivery.body == '{"text":"a"}'
    assert delivery.attributes["job_id"] == "job-a"
    assert delivery.receives == 1


async def test_any_unicode_text_can_be_sent(queue: Queue) -> None:
    text = 'é \u202e \uffff \x00 \x1f 👩‍🚀 \\ "'
    await queue.send([Outgoing(job_id="0199", message=Note(text=text))])
    (delivery,) = await take(queue, 1)
    assert Note.model_validate_json(delivery.body).text == text


async def test_an_original_without_version_can_be_sent(queue: Queue) -> None:
    message = UploadArrived(job_id="0199", original=ObjectRef(key="k", version_id=None, etag="e", size=1))
    await queue.send([Outgoing(job_id="0199", message=message)])
    (delivery,) = await take(queue, 1)
    assert UploadArrived.model_validate_json(delivery.body) == message


async def test_more_than_one_batch_is_sent_whole(queue: Queue) -> None:
    texts = [str(number) for number in range(23)]
    await queue.send(notes(*texts))
    bodies = {Note.model_validate_json(delivery.body).text for delivery in await take(queue, 23)}
    assert bodies == set(texts)


async def test_sending_nothing_makes_no_call(queue: Queue) -> None:
    await queue.send([])
    assert (await queue.depth()).visible == 0


async def test_a_poll_of_an_empty_queue_ends_empty(queue: Queue) -> None:
    assert await queue.receive(most=10, wait_seconds=0) == []


async def test_a_poll_waits_for_a_message(queue: Queue) -> None:
    poll = asyncio.create_task(take(queue, 1))
    await asyncio.sleep(0.05)
    assert not poll.done()
    await queue.send(notes("late"))
    assert len(await poll) == 1


async def test_no_more_are_received_than_asked_for(queue: Queue) -> None:
    await queue.send(notes("a", "b", "c"))
    assert len(await queue.receive(most=2, wait_seconds=1)) == 2


async def test_a_received_message_is_hidden_and_comes_again_with_another_handle(queue: Queue) -> None:
    await queue.send(notes("a"))
    (first,) = await take(queue, 1)
    assert await queue.receive(most=10, wait_seconds=0) == []
    await queue.set_visibility([first], 1)
    (second,) = await take(queue, 1)
    assert (second.message_id, second.receives) == (first.message_id, 2)
    assert second.handle != first.handle


async def test_a_deleted_message_does_not_come_again(queue: Queue) -> None:
    await queue.send(notes("a", "b"))
    await queue.delete(await take(queue, 2))
    assert await queue.receive(most=10, wait_seconds=2) == []


async def test_more_than_one_batch_is_deleted_whole(queue: Queue) -> None:
    await queue.send(notes(*map(str, range(12))))
    await queue.delete(await take(queue, 12))
    depth = await queue.depth()
    assert (depth.visible, depth.in_flight) == (0, 0)


async def test_a_returned_message_is_visible_at_once(queue: Queue) -> None:
    await queue.send(notes("a"))
    taken = await take(queue, 1)
    await queue.set_visibility(taken, 0)
    (again,) = await queue.receive(most=10, wait_seconds=0)
    assert again.receives == 2


async def test_visibility_can_be_extended(queue: Queue) -> None:
    await queue.send(notes("a"))
    taken = await take(queue, 1)
    await queue.set_visibility(taken, SHORT_SECONDS)
    await queue.set_visibility(taken, 30)
    assert await queue.receive(most=10, wait_seconds=SHORT_SECONDS + 1) == []


async def test_messages_that_are_gone_are_ignored(queue: Queue) -> None:
    await queue.send(notes("gone", "here"))
    gone, here = sorted(await take(queue, 2), key=lambda delivery: delivery.body)
    await queue.delete([gone])
    await queue.set_visibility([gone, here], 0)
    await queue.delete([gone])
    (left,) = await take(queue, 1)
    assert left.message_id == here.message_id


async def test_hiding_or_deleting_nothing_makes_no_call(queue: Queue) -> None:
    await queue.set_visibility([], 0)
    await queue.delete([])


async def test_depth_counts_visible_and_received_messages_apart(queue: Queue) -> None:
    await queue.send(notes("a", "b", "c"))
    await take(queue, 1)
    depth = await queue.depth()
    assert (depth.visible, depth.in_flight) == (2, 1)


def _calls() -> list[Any]:
    delivery = Delivery(message_id="m", body="", handle="h", receives=1)
    calls: dict[str, Callable[[Queue], Awaitable[object]]] = {
        "send": lambda queue: queue.send(notes("a")),
        "receive": lambda queue: queue.receive(most=1, wait_seconds=0),
        "delete": lambda queue: queue.delete([delivery]),
        "set_visibility": lambda queue: queue.set_visibility([delivery], 0),
    }
    return [pytest.param(name, call, id=name) for name, call in calls.items()]


@pytest.mark.parametrize(("method", "call"), _calls())
async def test_a_queue_that_does_not_answer_is_unavailable(
    method: str, call: Callable[[Queue], Awaitable[object]], unreachable: Callable[[str], list[Queue]]
) -> None:
    for queue in unreachable(method):
        with pytest.raises(Unavailable):
            await call(queue)


@pytest_asyncio.fixture
async def unreachable() -> AsyncIterator[Callable[[str], list[Queue]]]:
    """Queues of both kinds that do not answer."""
    session = aioboto3.Session(aws_access_key_id=ACCESS_KEY, aws_secret_access_key=ACCESS_KEY, region_name=REGION)
    once = AioConfig(retries={"total_max_attempts": 1})
    async with session.client("sqs", endpoint_url=NOWHERE, config=once) as client:
        yield lambda method: [MemoryQueue(failures={method: [away()]}), SqsQueue(client, f"{NOWHERE}/queue")]
