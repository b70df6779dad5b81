"""The judge of a run of chaos: what it sees, and that its work grows with the number of jobs and no faster."""

import json
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from darkroom_local.clients import open_clients
from darkroom_local.installation import Installation
from darkroom_local.system import System
from tests.chaos.clients import Entry, Way
from tests.chaos.verdict import Verdict, judge
from tests.support.api import Api
from tests.support.aws_proxy import AwsProxy, running_proxy
from tests.support.emulator import Cloud
from tests.system.faults.arena import Arena, events_queue

RESULTS_PER_JOB = 2


class Scene:
    """Jobs that are made up, in a system of which no service runs."""

    def __init__(self, arena: Arena, proxy: AwsProxy, events_url: str) -> None:
        self.arena = arena
        self.proxy = proxy
        self.ledger: list[Entry] = []
        self._events_url = events_url

    async def add_job(self, number: int, *, status: str = "completed", told: int = 1) -> None:
        """A job with its objects, which `told` events announced."""
        job_id, topology = f"job-{number}", self.arena.installation.topology
        self.ledger.append(Entry(way=Way.ONCE, name=f"{number}.jpg", accepted=True, job_ids={job_id}))
        keys = [f"processed/{job_id}-{variant}.webp" for variant in range(RESULTS_PER_JOB)]
        await self.put(topology.originals.name, f"uploads/{job_id}/a.jpg")
        for key in keys:
            await self.put(topology.results_bucket.name, key)
        results = {key: {"M": {"result": {"M": {"key": {"S": key}}}}} for key in keys}
        await self.arena.cloud.dynamodb.put_item(
            TableName=topology.jobs.name,
            Item={
                "job_id": {"S": job_id},
                "filename": {"S": f"{number}.jpg"},
                "status": {"S": status},
                "source_key": {"S": f"uploads/{job_id}/a.jpg"},
                "variants": {"M": results},
            },
        )
        for event in range(told):
            body = json.dumps({"job_id": job_id, "event_id": f"{job_id}-{event}", "status": status})
            await self.arena.cloud.sqs.send_message(QueueUrl=self._events_url, MessageBody=body)

    async def put(self, bucket: str, key: str, body: bytes = b"a picture") -> None:
        """An object, or a further version of it."""
        await self.arena.cloud.s3.put_object(Bucket=bucket, Key=key, Body=body)

    async def judged(self) -> tuple[Verdict, Counter[str]]:
        """The verdict, and how often the judge called which operation of AWS."""
        self.proxy.calls.clear()
        verdict = await judge(self.arena, self.ledger, seconds=1)
        return verdict, Counter(call.operation for call in self.proxy.calls)


@pytest_asyncio.fixture
async def scene(cloud: Cloud, installation: Installation) -> AsyncIterator[Scene]:
    async with (
        running_proxy(cloud.endpoint_url) as proxy,
        open_clients(proxy.url) as clients,
        events_queue(cloud, installation) as events_url,
        httpx.AsyncClient() as http,
    ):
        arena = Arena(Cloud(proxy.url, clients), System(installation), Api(http), {}, events_url)
        yield Scene(arena, proxy, events_url)


async def test_a_clean_run_is_called_clean(scene: Scene) -> None:
    await scene.add_job(1)
    verdict, _ = await scene.judged()
    assert verdict.is_clean, verdict
    assert verdict.statuses == {"completed": 1}


async def test_the_judge_looks_once_however_many_jobs_there_are(scene: Scene) -> None:
    for number in range(3):
        await scene.add_job(number)
    _, few = await scene.judged()
    for number in range(3, 30):
        await scene.add_job(number)
    verdict, many = await scene.judged()
    assert verdict.is_clean, verdict
    grows_with_events = {"ReceiveMessage", "DeleteMessageBatch"}
    assert {name: many[name] for name in many if name not in grows_with_events} == {
        name: few[name] for name in few if name not in grows_with_events
    }
    assert many["GetObject"] == 0


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("an object that no job names", "orphans"),
        ("a result that is not there", "lost"),
        ("a result that was made twice, differently", "doubled"),
        ("an end that nobody was told of", "lost"),
        ("two ends", "doubled"),
        ("an open job", "stuck"),
        ("an upload without a job", "lost"),
        ("a message that still travels", "stuck"),
    ],
)
async def test_each_kind_of_fault_is_found(scene: Scene, fault: str, expected: str) -> None:
    arena = scene.arena
    results = arena.installation.topology.results_bucket.name
    match fault:
        case "an object that no job names":
            await scene.put(results, "processed/nobody.webp")
        case "a result that is not there":
            await scene.add_job(1)
            await _remove(arena, results, "processed/job-1-0.webp")
        case "a result that was made twice, differently":
            await scene.add_job(1)
            await scene.put(results, "processed/job-1-0.webp", b"another picture")
        case "an end that nobody was told of":
            await scene.add_job(1, told=0)
        case "two ends":
            await scene.add_job(1, told=2)
        case "an open job":
            await scene.add_job(1, status="processing", told=0)
        case "an upload without a job":
            scene.ledger.append(Entry(way=Way.DROP, name="gone.jpg", accepted=True))
        case _:
            await arena.cloud.sqs.send_message(QueueUrl=arena.installation.results.url, MessageBody="{}")
    verdict, _ = await scene.judged()
    found = {name for name in ("lost", "doubled", "stuck", "orphans") if getattr(verdict, name)}
    assert found == {expected}, verdict


async def _remove(arena: Arena, bucket: str, key: str) -> None:
    for version in (await arena.cloud.s3.list_object_versions(Bucket=bucket, Prefix=key))["Versions"]:
        await arena.cloud.s3.delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])
