"""AWS for tests: one emulator in each test process, and new resources for each installation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from darkroom.topology import Topology
from darkroom_local.bootstrap import bootstrap
from darkroom_local.clients import Clients, open_clients
from darkroom_local.emulator import running_emulator
from darkroom_local.installation import Installation
from darkroom_local.log import Log

if TYPE_CHECKING:
    from types_aiobotocore_s3.type_defs import ObjectIdentifierTypeDef


class Cloud:
    """A running emulator and clients for it."""

    def __init__(self, endpoint_url: str, clients: Clients) -> None:
        self.endpoint_url = endpoint_url
        self.s3 = clients.s3
        self.sqs = clients.sqs
        self.sns = clients.sns
        self.dynamodb = clients.dynamodb
        self._clients = clients

    @asynccontextmanager
    async def installation(self) -> AsyncIterator[Installation]:
        """Create all of Darkroom's resources, empty and with unique names. They are removed after the `with` block."""
        topology = Topology.named(f"t{uuid4().hex[:12]}")
        installation = await bootstrap(self._clients, topology, endpoint_url=self.endpoint_url)
        # S3 sends a test event for a new notification. A test must see only its own messages.
        await self.sqs.purge_queue(QueueUrl=installation.uploads.url)
        try:
            yield installation
        finally:
            await self._remove(installation)

    async def _remove(self, installation: Installation) -> None:
        for bucket in installation.topology.buckets:
            await self._empty(bucket.name)
            await self.s3.delete_bucket(Bucket=bucket.name)
        for queue in installation.queues:
            await self.sqs.delete_queue(QueueUrl=queue.url)
            await self.sqs.delete_queue(QueueUrl=queue.dlq_url)
        for table in installation.topology.tables:
            await self.dynamodb.delete_table(TableName=table.name)
        await self.sns.delete_topic(TopicArn=installation.job_events_topic_arn)

    async def _empty(self, bucket: str) -> None:
        async for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if versions:
                objects: list[ObjectIdentifierTypeDef] = [
                    {"Key": version["Key"], "VersionId": version["VersionId"]} for version in versions
                ]
                await self.s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})


@asynccontextmanager
async def running_cloud() -> AsyncIterator[Cloud]:
    """Run an emulator on a free port during a `with` block."""
    async with running_emulator(sink=Log().append) as emulator, open_clients(emulator.endpoint_url) as clients:
        yield Cloud(emulator.endpoint_url, clients)
