"""A system whose services each reach AWS through a proxy of their own, and whose patience is short."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from uuid import uuid4

from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.installation import Installation
from darkroom_local.service import Service
from darkroom_local.system import System
from tests.support.api import OPEN, Api, open_api
from tests.support.aws_proxy import AwsProxy, running_proxy
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tests.system.faults.evidence import Evidence, Item, evidence, job_item

VISIBILITY_SECONDS: Final = 2
"""How long a message stays with whoever died over it: shorter than in earnest, where a test would wait a minute."""

IMPATIENT: Final = {
    "DARKROOM_VISIBILITY_SECONDS": str(VISIBILITY_SECONDS),
    "DARKROOM_DRAIN_SECONDS": "3",
    "DARKROOM_SWEEP_SECONDS": "0.5",
    "DARKROOM_ARRIVAL_SECONDS": "15",
    "DARKROOM_WORK_SECONDS": "8",
    "DARKROOM_CHILDREN": "1",
    "DARKROOM_TASKS_PER_OWNER": "4",
    # Three variants make two tasks, so that both forms of the fan-in's write are met.
    "DARKROOM_MAX_VARIANTS_PER_TASK": "2",
}

_TOLD_LINES: Final = 60


class Rig:
    """A system that is whole between two cases, and all that a case wants to see of it."""

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
        """The service of that name."""
        return next(service for service in self.system.services if service.name == name)

    async def mend(self) -> None:
        """Start what does not run, and wait until it is ready."""
        for service in self.system.services:
            if not service.is_running:
                await service.start()
        await asyncio.gather(*(service.ready() for service in self.system.services))

    async def item(self, job_id: str) -> Item:
        """The job's item as it is."""
        return await job_item(self.cloud, self.installation, job_id)

    async def over(self, job_id: str, *, seconds: float = 60) -> str:
        """The job's status once it is terminal and nothing is under way any more. Raises TimeoutError."""

        async def ended() -> bool:
            item = await self.item(job_id)
            # Who lets a job expire takes it out of the index of open jobs when the event is published.
            return bool(item) and item["status"] not in OPEN and "open_shard" not in item

        async with self.told(f"{job_id} to end"):
            await until(ended, seconds=seconds)
        await self.quiet(seconds=seconds)
        return str((await self.item(job_id))["status"])

    async def quiet(self, *, seconds: float = 60) -> None:
        """Wait until no message is on its way. Raises TimeoutError."""
        async with self.told("no message to be on its way"):
            await until(self._is_quiet, seconds=seconds)

    @asynccontextmanager
    async def told(self, awaited: str) -> AsyncIterator[None]:
        """A TimeoutError that comes out of the `async with` block also tells what the system was at."""
        try:
            yield
        except TimeoutError as error:
            error.add_note(f"Waited in vain for {awaited}.\n{await self._state()}")
            raise

    async def _state(self) -> str:
        """What is in the queues, and the end of what each service has asked of AWS and has logged."""
        depths = [f"{queue.url}: {await self.depth(queue.url)}" for queue in self.installation.queues]
        now = asyncio.get_running_loop().time()
        accounts = []
        for service in self.system.services:
            asked = [f"{moment - now:.2f} {name}" for moment, name in self.proxies[service.name].asked]
            lines = str(service.log).splitlines()
            running = "runs" if service.is_running else "does not run"
            accounts += [f"--- {service.name} {running}", *asked[-_TOLD_LINES:], *lines[-_TOLD_LINES:]]
        return "\n".join([*depths, *accounts])

    async def evidence(self, job_id: str) -> Evidence:
        """What is left of a job."""
        return await evidence(self.cloud, self.installation, job_id)

    async def dead_letters(self) -> int:
        """Messages that somebody gave up."""
        return sum([await self.depth(queue.dlq_url) for queue in self.installation.queues])

    async def events(self) -> Mapping[str, set[tuple[str, str]]]:
        """By job, ids and statuses of its events so far, repetitions once."""
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
        """Ids and statuses of the job's events so far, repetitions once."""
        return (await self.events()).get(job_id, set())

    async def depth(self, url: str) -> int:
        """Messages in a queue, those included that were received or are still to come."""
        answer = await self.cloud.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        counted = "ApproximateNumberOfMessages"
        return sum(int(count) for name, count in answer["Attributes"].items() if name.startswith(counted))

    async def _is_quiet(self) -> bool:
        queues = (self.installation.uploads, self.installation.tasks, self.installation.reports)
        return not any([await self.depth(queue.url) for queue in queues])


@asynccontextmanager
async def running_rig(
    cloud: Cloud,
    *,
    upstream: str | None = None,
    environment: Mapping[str, str] | None = None,
    calls_kept: int | None = None,
) -> AsyncIterator[Rig]:
    """An rig for the length of a `with` block; `upstream` is what the proxies stand in front of.

    `calls_kept` bounds the memory of a long run: see `running_proxy`.
    """
    async with AsyncExitStack() as stack:
        installation = await stack.enter_async_context(cloud.installation())
        for queue in (installation.uploads, installation.tasks, installation.reports):
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
        api = await stack.enter_async_context(open_api(system.url, DEVELOPMENT_KEY))
        yield Rig(cloud, system, api, proxies, events_url)


@asynccontextmanager
async def events_queue(cloud: Cloud, installation: Installation) -> AsyncIterator[str]:
    """A queue that gets all job events."""
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
