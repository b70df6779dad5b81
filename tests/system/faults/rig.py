"""A system for tests of faults: each service reaches AWS through its own proxy, and all timeouts are short."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from uuid import uuid4

from darkroom import clock
from darkroom.accounts.allowances import KeyLimits
from darkroom.accounts.api_keys import ApiKey
from darkroom.tables.api_key_table import KeyTable
from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.installation import DEFAULT_OWNER, CreatedQueue, Installation
from darkroom_local.service import Service
from darkroom_local.system import System
from tests.support.api import OPEN, Api, open_api
from tests.support.aws_proxy import AwsProxy, running_proxy
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tests.system.faults.evidence import Evidence, Item, evidence, job_item

VISIBILITY_SECONDS: Final = 2
"""Visibility timeout of the queues. It is shorter than in production, where a test would wait a minute."""

IMPATIENT: Final = {
    "DARKROOM_VISIBILITY_SECONDS": str(VISIBILITY_SECONDS),
    "DARKROOM_DRAIN_SECONDS": "3",
    "DARKROOM_SWEEP_SECONDS": "0.5",
    # A killed service has to be up again before, however slow the machine is: the client repeats its upload until then.
    "DARKROOM_ARRIVAL_SECONDS": "40",
    "DARKROOM_WORK_SECONDS": "8",
    "DARKROOM_CHILDREN": "1",
    # Images are imported from servers of the tests.
    "DARKROOM_FETCH_PRIVATE_ADDRESSES": "true",
    "DARKROOM_TASKS_PER_OWNER": "4",
    # Three variants make two tasks, so that both forms of the fan-in's write happen.
    "DARKROOM_MAX_VARIANTS_PER_TASK": "2",
}

LONGEST_WAIT_SECONDS: Final = 150.0
"""How long tests wait for what is bound to happen. On a fast machine it takes a few seconds."""

_LINES_SHOWN: Final = 60
"""Calls and log lines of each service that the note of a timeout shows."""


class Rig:
    """A system whose services all run between two cases, with methods to look at its state."""

    def __init__(
        self, cloud: Cloud, system: System, api: Api, proxies: Mapping[str, AwsProxy], events_url: str
    ) -> None:
        self.cloud = cloud
        self.system = system
        self.installation = system.installation
        self.api = api
        self.proxies = proxies
        self._events_url = events_url
        self._events: dict[str, set[tuple[str, str]]] = {}

    def service(self, name: str) -> Service:
        """Return the service of this name."""
        return next(service for service in self.system.services if service.name == name)

    async def mend(self) -> None:
        """Start the services that do not run, and wait until all are ready."""
        for service in self.system.services:
            if not service.is_running:
                await service.start()
        await asyncio.gather(*(service.ready() for service in self.system.services))

    async def item(self, job_id: str) -> Item:
        """Return the job's item as it is now."""
        return await job_item(self.cloud, self.installation, job_id)

    async def over(self, job_id: str, *, seconds: float = LONGEST_WAIT_SECONDS) -> str:
        """Wait until the job has ended and no message is left; return its status. Raises TimeoutError."""

        async def ended() -> bool:
            item = await self.item(job_id)
            # A job that expires leaves the index of open jobs after its event is published.
            return bool(item) and item["status"] not in OPEN and "open_shard" not in item

        async with self.explained(f"{job_id} to end"):
            await until(ended, seconds=seconds)
        await self.quiet(seconds=seconds)
        return str((await self.item(job_id))["status"])

    async def quiet(self, *, seconds: float = LONGEST_WAIT_SECONDS) -> None:
        """Wait until no message is left. Raises TimeoutError."""
        async with self.explained("no message to be left"):
            await until(self._is_quiet, seconds=seconds)

    @asynccontextmanager
    async def explained(self, awaited: str) -> AsyncIterator[None]:
        """Add the state of the system to a TimeoutError of the `async with` block."""
        try:
            yield
        except TimeoutError as error:
            error.add_note(f"Timed out waiting for {awaited}.\n{await self._state()}")
            raise

    async def _state(self) -> str:
        """Return the depths of the queues, and the last calls and log lines of each service."""
        depths = [f"{queue.url}: {await self.depth(queue.url)}" for queue in self.installation.queues]
        now = asyncio.get_running_loop().time()
        accounts = []
        for service in self.system.services:
            asked = [f"{moment - now:.2f} {name}" for moment, name in self.proxies[service.name].asked]
            lines = str(service.log).splitlines()
            running = "runs" if service.is_running else "does not run"
            accounts += [f"--- {service.name} {running}", *asked[-_LINES_SHOWN:], *lines[-_LINES_SHOWN:]]
        return "\n".join([*depths, *accounts])

    async def evidence(self, job_id: str) -> Evidence:
        """Return the evidence of a job."""
        return await evidence(self.cloud, self.installation, job_id)

    async def dead_letters(self) -> int:
        """Return the number of messages in all dead-letter queues."""
        return sum([await self.depth(queue.dlq_url) for queue in self.installation.queues])

    async def events(self) -> Mapping[str, set[tuple[str, str]]]:
        """Return the IDs and statuses of all events so far, by job. Repetitions count once."""
        while True:
            answer = await self.cloud.sqs.receive_message(
                QueueUrl=self._events_url, MaxNumberOfMessages=10, WaitTimeSeconds=0
            )
            messages = answer.get("Messages", [])
            if not messages:
                return self._events
            for message in messages:
                event = json.loads(message["Body"])
                self._events.setdefault(event["job_id"], set()).add((event["event_id"], event["status"]))
            await self.cloud.sqs.delete_message_batch(
                QueueUrl=self._events_url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(messages)
                ],
            )

    async def events_of(self, job_id: str) -> set[tuple[str, str]]:
        """Return the IDs and statuses of the job's events so far. Repetitions count once."""
        return (await self.events()).get(job_id, set())

    async def depth(self, url: str) -> int:
        """Return the number of messages in a queue, including received and delayed ones."""
        answer = await self.cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        counted = "ApproximateNumberOfMessages"
        return sum(int(count) for name, count in answer["Attributes"].items() if name.startswith(counted))

    async def _is_quiet(self) -> bool:
        return not any([await self.depth(queue.url) for queue in work_queues(self.installation)])


def work_queues(installation: Installation) -> tuple[CreatedQueue, ...]:
    """Return the queues that are empty when no job has work left."""
    return (installation.uploads, installation.imports, installation.tasks, installation.reports)


@asynccontextmanager
async def running_rig(
    cloud: Cloud,
    *,
    upstream: str | None = None,
    environment: Mapping[str, str] | None = None,
    calls_kept: int | None = None,
    limits: KeyLimits | None = None,
) -> AsyncIterator[Rig]:
    """Run a rig during an `async with` block. The proxies forward to `upstream`, by default to the emulator.

    `calls_kept` bounds the memory of a long run: see `running_proxy`. With `limits` the client has a key with these
    limits; otherwise it has the development key, to which nothing is charged.
    """
    async with AsyncExitStack() as stack:
        installation = await stack.enter_async_context(cloud.installation())
        for queue in work_queues(installation):
            await cloud.sqs.set_queue_attributes(
                QueueUrl=queue.url, Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)}
            )
        proxies = {
            name: await stack.enter_async_context(
                running_proxy(
                    upstream or cloud.endpoint_url, upstream_of_heads=cloud.endpoint_url, calls_kept=calls_kept
                )
            )
            for name in ("upload", "orchestrator", "processor", "processor-2")
        }
        system = System(
            installation,
            environment={**IMPATIENT, **(environment or {})},
            environment_of=lambda name: {"AWS_ENDPOINT_URL": proxies[name].url},
        )
        events_url = await stack.enter_async_context(events_queue(cloud, installation))
        stack.push_async_callback(system.stop)
        await system.start()
        key = await _limited_key(cloud, installation, limits) if limits else DEVELOPMENT_KEY
        api = await stack.enter_async_context(open_api(system.url, key))
        yield Rig(cloud, system, api, proxies, events_url)


async def _limited_key(cloud: Cloud, installation: Installation, limits: KeyLimits) -> str:
    """Make an API key of the default owner, of the same name in each rig, so that their evidence is equal."""
    key = ApiKey.of("key-with-limits", owner=DEFAULT_OWNER, name="test", created_at=clock.now(), limits=limits)
    await KeyTable(cloud.dynamodb, installation.topology.accounts.name, CIPHER).put(key)
    return "key-with-limits"


@asynccontextmanager
async def events_queue(cloud: Cloud, installation: Installation) -> AsyncIterator[str]:
    """Open a queue that gets all job events."""
    url = (await cloud.sqs.create_queue(QueueName=f"events-{uuid4().hex}"))["QueueUrl"]
    arn = (await cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"]))["Attributes"]["QueueArn"]
    await cloud.sns.subscribe(
        TopicArn=installation.job_events_topic_arn,
        Protocol="sqs",
        Endpoint=arn,
        Attributes={"RawMessageDelivery": "true"},
    )
    try:
        yield url
    finally:
        await cloud.sqs.delete_queue(QueueUrl=url)
