"""Fixtures for the orchestrator's tests."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from darkroom.runtime.aws import Aws
from darkroom_local.installation import Installation
from darkroom_orchestrator.composition import Clients, open_clients
from darkroom_orchestrator.settings import Settings
from tests.orchestrator.harness import Harness
from tests.support.emulator import Cloud


@pytest_asyncio.fixture(scope="session")
async def clients(cloud: Cloud) -> AsyncIterator[Clients]:
    """Open clients as the service does, on the emulator of this process."""
    async with open_clients(Aws()) as clients:
        yield clients


@pytest_asyncio.fixture
async def harness(
    clients: Clients, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Harness]:
    """Compose an orchestrator on new resources. Its mailbox is a queue that subscribes to its events."""
    for name, value in installation.environment().items():
        monkeypatch.setenv(name, value)
    # The same on every machine, and more than any test has in flight, except those of the limit.
    monkeypatch.setenv("DARKROOM_TASKS_PER_OWNER", "64")
    mailbox = await clients.sqs.create_queue(QueueName=f"{installation.topology.job_events_topic}-mailbox")
    url = mailbox["QueueUrl"]
    attributes = await clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    await clients.sns.subscribe(
        TopicArn=installation.job_events_topic_arn, Protocol="sqs", Endpoint=attributes["Attributes"]["QueueArn"]
    )
    yield Harness(Settings(), clients, url)
    await clients.sqs.delete_queue(QueueUrl=url)
