"""Tests messages that come twice, late, or in another order."""

import random
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest_asyncio

from tests.support.api import keys_of
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tests.system.restartable_system import RestartableSystem, restartable_system
from tools.testbed.images import jpeg

if TYPE_CHECKING:
    from types_aiobotocore_sqs.type_defs import MessageTypeDef

CAT = jpeg(40, 30)


@pytest_asyncio.fixture(scope="module")
async def restartable(cloud: Cloud) -> AsyncIterator[RestartableSystem]:
    async with cloud.installation() as installation, restartable_system(cloud, installation) as restartable:
        yield restartable


async def all_messages(cloud: Cloud, url: str) -> "list[MessageTypeDef]":
    """Receive and delete all messages of a queue."""
    messages: list[MessageTypeDef] = []
    while True:
        answer = await cloud.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], WaitTimeSeconds=0
        )
        if not answer.get("Messages"):
            return messages
        for message in answer["Messages"]:
            messages.append(message)
            await cloud.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


async def put_back(cloud: Cloud, url: str, messages: "list[MessageTypeDef]") -> None:
    for message in messages:
        attributes: dict[str, Any] = {
            name: {"DataType": value["DataType"], "StringValue": value["StringValue"]}
            for name, value in message.get("MessageAttributes", {}).items()
        }
        await cloud.sqs.send_message(QueueUrl=url, MessageBody=message["Body"], MessageAttributes=attributes)


async def multiply(restartable: RestartableSystem, url: str, *, by: int) -> int:
    """Send each message of a queue several times, shuffled, and return how many there were."""
    messages = await all_messages(restartable.cloud, url)
    copies = messages * by
    random.Random(by).shuffle(copies)  # noqa: S311 - the same order each time
    await put_back(restartable.cloud, url, copies)
    return len(messages)


async def test_job_is_done_once_although_its_messages_come_often_and_shuffled(
    restartable: RestartableSystem,
) -> None:
    installation, log = restartable.system.installation, restartable.orchestrator.log
    await restartable.orchestrator.stop()
    await restartable.processor.stop()
    jobs = [await restartable.api.upload(CAT, recipe) for recipe in ("augment", "metadata", "grayscale")]
    assert await multiply(restartable, installation.uploads.url, by=3) == len(jobs)

    await restartable.start(restartable.orchestrator)
    await until(lambda: drained(restartable, installation.uploads.url))
    await restartable.orchestrator.stop()
    assert len(log.find("tasks_sent")) == len(jobs), "three announcements are one start"
    assert await multiply(restartable, installation.tasks.url, by=2) == len(jobs)

    await restartable.start(restartable.processor)
    await until(lambda: drained(restartable, installation.tasks.url))
    await restartable.processor.stop()
    reports = await multiply(restartable, installation.reports.url, by=3)
    assert reports >= 2 * len(jobs), "each task was done and reported twice"

    await restartable.start(restartable.orchestrator)
    for job in jobs:
        done = await restartable.api.ended(job["job_id"])
        assert (done["status"], done["error"]) == ("completed", None)
        assert done["cost"]["bytes_read"] == len(CAT), "a task that was done twice counts once"
        assert await restartable.results(job["job_id"]) == keys_of(done)
    await until(lambda: drained(restartable, installation.reports.url))
    assert len(log.find("job_ended")) == len(jobs)
    for url in (installation.uploads.dlq_url, installation.tasks.dlq_url, installation.reports.dlq_url):
        assert await restartable.depth(url) == 0
    await restartable.mend()


async def drained(restartable: RestartableSystem, url: str) -> bool:
    return await restartable.depth(url) == 0


async def test_unreadable_messages_become_dead_letters_and_stop_nothing(restartable: RestartableSystem) -> None:
    installation = restartable.system.installation
    for queue in (installation.uploads, installation.reports):
        for body in ("", "{", '{"type": "task.exploded", "v": 1}', '{"type": "upload.arrived", "v": 2}'):
            await restartable.cloud.sqs.send_message(QueueUrl=queue.url, MessageBody=body or " ")
    job = await restartable.api.made(CAT, "grayscale")
    assert job["status"] == "completed"
    for queue in (installation.uploads, installation.reports):

        async def put_aside(dlq_url: str = queue.dlq_url) -> bool:
            return await restartable.depth(dlq_url) == 4

        await until(put_aside)


async def test_announcement_of_a_missing_object_changes_nothing(restartable: RestartableSystem) -> None:
    url = restartable.system.installation.uploads.url
    await restartable.cloud.sqs.send_message(QueueUrl=url, MessageBody='{"Event": "s3:TestEvent", "Bucket": "x"}')
    waiting = await restartable.api.http.post("/uploads/presigned", json={"content_type": "image/jpeg", "size": 9})
    job_id = waiting.json()["job_id"]
    await restartable.cloud.sqs.send_message(
        QueueUrl=url,
        MessageBody=f'{{"v": 1, "type": "upload.arrived", "job_id": "{job_id}", '
        f'"original": {{"key": "direct/{job_id}/image", "etag": "x", "size": 9}}}}',
    )
    await until(lambda: drained(restartable, url))
    assert (await restartable.api.job(job_id))["status"] == "awaiting_upload"
