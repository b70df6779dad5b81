"""Creates the resources of a topology on an emulator. A second run only makes the development key valid again.

`python -m darkroom_local.bootstrap` does this once, on the emulator at `AWS_ENDPOINT_URL`.
"""

import asyncio
import os
import sys
from typing import Final

from darkroom import clock
from darkroom.accounts.api_keys import ApiKey
from darkroom.accounts.users import User
from darkroom.runtime.encryption import DEVELOPMENT_KEY as DEVELOPMENT_DATA_KEY
from darkroom.runtime.encryption import TextCipher
from darkroom.tables.api_key_table import KeyTable
from darkroom.tables.user_table import UserTable
from darkroom.topology import BucketSpec, Topology
from darkroom_local import buckets, queues, tables, topics
from darkroom_local.clients import Clients, open_clients
from darkroom_local.installation import DEFAULT_OWNER, Installation
from darkroom_local.queues import Sender

PREFIX: Final = "darkroom"
"""Prefix of the names of all resources. Tests use others, since their installations share an emulator."""
DEVELOPMENT_KEY: Final = "local-dev-key"
"""The API key of the default owner."""
DEVELOPMENT_PASSWORD: Final = "demo-password"  # noqa: S105 - no other installation takes it
"""The password of the user `demo`, who belongs to the default owner."""
_HASHED: Final = "$argon2id$v=19$m=19456,t=2,p=1$U0joOIWvXFjCOl7NEUxyFg$iVFSBwRJMYERW1iQ1sLAsodXaJEzfWtTfCREsmEK6Wc"
"""Hash of the password. It is fixed because hashing is slow, and a public password needs no salt of its own."""


async def bootstrap(clients: Clients, topology: Topology, *, endpoint_url: str) -> Installation:
    """Create what is missing, configure what exists, and return the addresses of everything."""
    async with asyncio.TaskGroup() as group:
        uploads = group.create_task(queues.create(clients.sqs, topology.uploads, sender=_events_of(topology.originals)))
        imports = group.create_task(queues.create(clients.sqs, topology.imports))
        tasks = group.create_task(queues.create(clients.sqs, topology.tasks))
        reports = group.create_task(queues.create(clients.sqs, topology.reports))
        events = group.create_task(topics.create(clients, topology))
        for bucket in topology.buckets:
            group.create_task(buckets.create(clients.s3, bucket))
        for table in topology.tables:
            group.create_task(tables.create(clients.dynamodb, table))
    installation = Installation(
        topology=topology,
        endpoint_url=endpoint_url,
        uploads=uploads.result(),
        imports=imports.result(),
        tasks=tasks.result(),
        reports=reports.result(),
        notifications=events.result().notifications,
        job_events_topic_arn=events.result().arn,
    )
    await asyncio.gather(
        *(buckets.notify(clients.s3, bucket, installation.uploads.arn) for bucket in topology.buckets),
        _put_development_key(clients, topology),
        _create_development_user(clients, topology),
    )
    return installation


def _events_of(bucket: BucketSpec) -> Sender:
    return Sender(service="s3.amazonaws.com", arn=f"arn:aws:s3:::{bucket.name}")


async def _put_development_key(clients: Clients, topology: Topology) -> None:
    key = ApiKey.of(DEVELOPMENT_KEY, owner=DEFAULT_OWNER, name="development", created_at=clock.now())
    await KeyTable(clients.dynamodb, topology.accounts.name, TextCipher([DEVELOPMENT_DATA_KEY])).put(key)


async def _create_development_user(clients: Clients, topology: Topology) -> None:
    """Create the user, unless it exists and may have been changed. `User.of` would refuse this short password."""
    user = User(
        name=DEFAULT_OWNER,
        owner=DEFAULT_OWNER,
        password_hash=_HASHED,
        created_at=clock.now(),
        version="development",
    )
    await UserTable(clients.dynamodb, topology.accounts.name, TextCipher([DEVELOPMENT_DATA_KEY])).create(user)


async def _run(endpoint_url: str) -> None:
    async with open_clients(endpoint_url) as clients:
        await bootstrap(clients, Topology.named(PREFIX), endpoint_url=endpoint_url)
    sys.stdout.write(f"Queues, buckets, tables and the topic are there: {endpoint_url}\n")


def main() -> None:
    """Bootstrap the emulator that the environment names."""
    endpoint_url = os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint_url:
        sys.exit("AWS_ENDPOINT_URL must name the emulator, such as http://localhost:4566.")
    asyncio.run(_run(endpoint_url))


if __name__ == "__main__":
    main()
