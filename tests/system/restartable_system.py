"""A system whose services a test stops, kills and starts again."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import httpx

from darkroom.requested_images import RequestId
from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.installation import Installation
from darkroom_local.service import Service
from darkroom_local.system import System
from tests.support.api import Api, Job, open_api
from tests.support.emulator import Cloud
from tools.testbed.processes import descendants

DRAIN_SECONDS = 3
VISIBILITY_SECONDS = 2
"""Visibility timeout of the queues. It is shorter than in production, where a test would wait a minute."""


class RestartableSystem:
    """A running system, the default owner's client, and methods to look at its state."""

    def __init__(self, cloud: Cloud, system: System, api: Api) -> None:
        self.system = system
        self.api = api
        self.cloud = cloud
        self.upload = system.upload
        self.orchestrator = system.orchestrator
        self.processor = system.processors[0]

    async def start(self, *services: Service) -> None:
        """Start services and wait until they are ready."""
        for service in services:
            await service.start()
        for service in services:
            await service.ready()

    async def mend(self) -> None:
        """Start the services that do not run, and stop additional processors."""
        await self.start(*(service for service in self.system.services if not service.is_running))
        while len(self.system.processors) > 1:
            await self.system.processors.pop().stop()

    async def internals(self, job_id: str) -> Job:
        """Return the job as the orchestrator's internal API shows it."""
        async with httpx.AsyncClient(base_url=self.orchestrator.url, trust_env=False) as operator:
            inside: Job = (await operator.get(f"/api/status/{job_id}")).json()
            return inside

    async def results(self, job_id: str) -> list[str]:
        """Return the keys of a job's objects in the results bucket, sorted."""
        pages = self.cloud.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.system.installation.topology.results.name
        )
        keys = [found["Key"] async for page in pages for found in page.get("Contents", [])]
        return sorted(key for key in keys if job_id in key)

    async def requested_images(self) -> list[str]:
        """Return the keys of the items of requested images."""
        pages = self.cloud.dynamodb.get_paginator("scan").paginate(
            TableName=self.system.installation.topology.jobs.name
        )
        keys = [item["job_id"]["S"] async for page in pages for item in page["Items"]]
        return [key for key in keys if RequestId.read(key)]

    async def in_flight(self, url: str) -> bool:
        """Say whether a message of a queue has been received and not deleted."""
        answer = await self.cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return int(answer["Attributes"]["ApproximateNumberOfMessagesNotVisible"]) > 0

    async def depth(self, url: str) -> int:
        """Return the number of messages in a queue, including received ones."""
        answer = await self.cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        counts = answer["Attributes"]
        return int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"])


@asynccontextmanager
async def restartable_system(cloud: Cloud, installation: Installation) -> AsyncIterator[RestartableSystem]:
    """Run all services on an installation whose queues deliver lost messages again quickly."""
    for queue in (installation.uploads, installation.tasks, installation.reports):
        await cloud.sqs.set_queue_attributes(
            QueueUrl=queue.url, Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)}
        )
    system = System(installation, environment={"DARKROOM_DRAIN_SECONDS": str(DRAIN_SECONDS)})
    try:
        await system.start()
        async with open_api(system.url, DEVELOPMENT_KEY) as api:
            yield RestartableSystem(cloud, system, api)
    finally:
        await system.stop()


@contextmanager
def frozen(pids: set[int]) -> Iterator[None]:
    """Suspend these processes during the block. Even a signal to stop takes effect only afterwards."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def children_of(service: Service) -> set[int]:
    """Return the IDs of the processes that a service has started."""
    return descendants(service.pid)
