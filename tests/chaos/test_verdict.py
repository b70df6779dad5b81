"""Tests the judge of a chaos run: which faults it finds, and how many calls it makes."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio

from darkroom.jobs import Job, JobStatus, NewJob
from darkroom.tables.job_table import JobTable
from darkroom_local.clients import open_clients
from darkroom_local.installation import Installation
from darkroom_local.system import System
from tests.chaos.clients import Entry, Way
from tests.chaos.verdict import Verdict, judge
from tests.support.api import Api
from tests.support.aws_proxy import AwsProxy, running_proxy
from tests.support.emulator import Cloud
from tests.system.faults.rig import Rig, events_queue
from tests.upload.examples import PRESETS, completed

RECIPE = PRESETS["thumbnails"]


def keys_of(job: Job) -> list[str]:
    """Return the keys of a job's results and its manifest."""
    results = [state.result.key for state in job.variants.values() if state.result]
    return [*results, *([job.manifest.key] if job.manifest else [])]


class Scene:
    """Invented jobs, in a system whose services do not run."""

    def __init__(self, rig: Rig, proxy: AwsProxy, events_url: str) -> None:
        self.rig = rig
        self.proxy = proxy
        self.ledger: list[Entry] = []
        self._events_url = events_url

    async def add_job(self, number: int, *, status: JobStatus = JobStatus.COMPLETED, events: int = 1) -> Job:
        """Add an invented job with its objects and this number of events."""
        topology = self.rig.installation.topology
        job = replace(completed(filename=f"{number}.jpg"), status=status)
        self.ledger.append(Entry(way=Way.ONCE, name=job.filename, accepted=True, job_ids={job.job_id}))
        assert await JobTable(self.rig.cloud.dynamodb, topology.jobs.name).create(NewJob(job=job, recipe=RECIPE))
        await self.put(topology.originals.name, job.original_key)
        for key in keys_of(job):
            await self.put(topology.results.name, key)
        for event in range(events):
            body = json.dumps({"job_id": job.job_id, "event_id": f"{job.job_id}-{event}", "status": status})
            await self.rig.cloud.sqs.send_message(QueueUrl=self._events_url, MessageBody=body)
        return job

    async def put(self, bucket: str, key: str, body: bytes = b"a picture") -> None:
        """Put an object, or another version of it."""
        await self.rig.cloud.s3.put_object(Bucket=bucket, Key=key, Body=body)

    async def judged(self) -> tuple[Verdict, Counter[str]]:
        """Return the verdict, and the number of the judge's calls by operation."""
        self.proxy.calls.clear()
        verdict = await judge(self.rig, self.ledger, seconds=1)
        return verdict, Counter(call.operation for call in self.proxy.calls)


@pytest_asyncio.fixture
async def scene(cloud: Cloud, installation: Installation) -> AsyncIterator[Scene]:
    async with (
        running_proxy(cloud.endpoint_url) as proxy,
        open_clients(proxy.url) as clients,
        events_queue(cloud, installation) as events_url,
        httpx.AsyncClient() as http,
    ):
        rig = Rig(Cloud(proxy.url, clients), System(installation), Api(http), {}, events_url)
        yield Scene(rig, proxy, events_url)


async def test_clean_run_is_judged_clean(scene: Scene) -> None:
    await scene.add_job(1)
    verdict, _ = await scene.judged()
    assert verdict.is_clean, verdict
    assert verdict.statuses == {"completed": 1}


async def test_number_of_the_judges_calls_does_not_grow_with_the_jobs(scene: Scene) -> None:
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
        ("a public copy of a job that is not published", "orphans"),
        ("a result that was made twice, differently", "doubled"),
        ("an end without an event", "lost"),
        ("two ends", "doubled"),
        ("an open job", "stuck"),
        ("an upload without a job", "lost"),
        ("a variant on request that was shown and is gone", "lost"),
        ("a message that is left", "stuck"),
    ],
)
async def test_each_kind_of_fault_is_found(scene: Scene, fault: str, expected: str) -> None:
    rig = scene.rig
    results = rig.installation.topology.results.name
    match fault:
        case "an object that no job names":
            await scene.put(results, "processed/nobody.webp")
        case "a result that is not there":
            await _remove(rig, results, keys_of(await scene.add_job(1))[0])
        case "a public copy of a job that is not published":
            await scene.put(results, f"public/{(await scene.add_job(1)).job_id}/square-64.webp")
        case "a result that was made twice, differently":
            await scene.put(results, keys_of(await scene.add_job(1))[0], b"another picture")
        case "an end without an event":
            await scene.add_job(1, events=0)
        case "two ends":
            await scene.add_job(1, events=2)
        case "an open job":
            await scene.add_job(1, status=JobStatus.PROCESSING, events=0)
        case "a variant on request that was shown and is gone":
            await scene.add_job(1)
            scene.ledger[0].variant_made = True
        case "an upload without a job":
            scene.ledger.append(Entry(way=Way.DROP, name="gone.jpg", accepted=True))
        case _:
            await rig.cloud.sqs.send_message(QueueUrl=rig.installation.reports.url, MessageBody="{}")
    verdict, _ = await scene.judged()
    found = {name for name in ("lost", "doubled", "stuck", "orphans") if getattr(verdict, name)}
    assert found == {expected}, verdict


async def _remove(rig: Rig, bucket: str, key: str) -> None:
    for version in (await rig.cloud.s3.list_object_versions(Bucket=bucket, Prefix=key))["Versions"]:
        await rig.cloud.s3.delete_object(Bucket=bucket, Key=key, VersionId=version["VersionId"])
