"""The processor as a real process, with queues, buckets and signals."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import httpx
import pytest

from darkroom.messages import ImageMade, ProcessTask, Report, TaskFinished, TaskStarted
from darkroom.runtime.queue import Outgoing, SqsQueue
from darkroom_local.installation import CreatedQueue, Installation
from darkroom_local.ports import free_ports
from darkroom_local.service import Service
from tests.processor.sandbox.mortal_child import KILLER
from tests.processor.tasks import stored, task
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tools.testbed.images import encoded, jpeg, photo

pytestmark = pytest.mark.slow

SMALL = {"name": "small", "operations": [{"op": "resize", "width": 32, "height": 32}]}
SLOW = {"name": "slow", "output": {"format": "avif", "effort": 9, "quality": 100}}


@asynccontextmanager
async def processor(
    installation: Installation, module: str = "darkroom_processor", **settings: str
) -> AsyncIterator[Service]:
    """Start a processor with one child and wait until it is ready. It is killed afterwards if it still runs."""
    (port,) = free_ports(1)
    environment = {**installation.environment(), "DARKROOM_CHILDREN": "1", **settings}
    service = Service("processor", module, port=port, environment=environment)
    await service.start()
    try:
        await service.ready()
        yield service
    finally:
        await service.kill()


async def send(cloud: Cloud, installation: Installation, job: ProcessTask) -> None:
    """Send a task to the tasks queue, as the orchestrator does."""
    await SqsQueue(cloud.sqs, installation.tasks.url).send([Outgoing(job_id=job.job_id, message=job)])


async def reports(cloud: Cloud, installation: Installation) -> AsyncIterator[TaskStarted | TaskFinished | ImageMade]:
    """Yield the messages of the reports queue."""
    queue = SqsQueue(cloud.sqs, installation.reports.url)
    while True:
        for delivery in await queue.receive(most=10, wait_seconds=1):
            yield Report.validate_json(delivery.body)


async def finished(cloud: Cloud, installation: Installation) -> TaskFinished:
    """Return the next TaskFinished."""
    async with asyncio.timeout(20):
        async for report in reports(cloud, installation):
            if isinstance(report, TaskFinished):
                return report
    raise AssertionError


async def left_in(cloud: Cloud, queue: CreatedQueue) -> int:
    """Return the number of messages in a queue, visible or in flight."""
    depth = await SqsQueue(cloud.sqs, queue.url).depth()
    return depth.visible + depth.in_flight


async def is_unready(client: httpx.AsyncClient) -> bool:
    """Return whether the processor answers that it is not ready."""
    return (await client.get("/readyz")).status_code == HTTPStatus.SERVICE_UNAVAILABLE


async def test_a_task_is_processed_reported_and_removed_from_the_queue(
    cloud: Cloud, installation: Installation
) -> None:
    job = task(await stored(cloud, installation, jpeg(120, 80)), [SMALL])
    async with processor(installation) as service:
        await send(cloud, installation, job)
        end = await finished(cloud, installation)
        assert await service.stop() == 0
    assert end.job_id == job.job_id
    assert end.fault is None
    assert end.outcomes[0].result is not None
    assert await left_in(cloud, installation.tasks) == 0


async def test_an_image_that_kills_its_child_harms_neither_the_service_nor_other_images(
    cloud: Cloud, installation: Installation
) -> None:
    good = await stored(cloud, installation, jpeg(120, 80))
    killer = await stored(cloud, installation, KILLER, key="uploads/killer/cat.jpg")
    tasks = [task(killer if number == 3 else good, [SMALL]) for number in range(10)]
    ends: dict[str, TaskFinished] = {}
    async with processor(installation, "tests.processor.mortal_processor", DARKROOM_CHILDREN="2") as service:
        queue = SqsQueue(cloud.sqs, installation.tasks.url)
        await queue.send([Outgoing(job_id=one.job_id, message=one) for one in tasks])
        async with asyncio.timeout(30):
            async for report in reports(cloud, installation):
                if isinstance(report, TaskFinished):
                    ends[report.job_id] = report
                if len(ends) == len(tasks):
                    break
        pid = service.pid
        assert await service.stop() == 0
    faults = {job_id: end.fault and end.fault.code for job_id, end in ends.items()}
    assert faults == {one.job_id: "processor_crash" if one is tasks[3] else None for one in tasks}
    assert {end.worker.rpartition("-")[2] for end in ends.values()} == {str(pid)}
    # Both were tries of the killer: no other image was tried twice.
    assert len(service.log.find("child_failed")) == 2
    assert await left_in(cloud, installation.tasks) == 0


async def test_stopping_waits_for_the_task_in_hand(cloud: Cloud, installation: Installation) -> None:
    job = task(await stored(cloud, installation, encoded(photo(500, 400), "PNG")), [SLOW])
    async with processor(installation) as service:
        await send(cloud, installation, job)
        async with asyncio.timeout(20):
            assert isinstance(await anext(reports(cloud, installation)), TaskStarted)
        assert await service.stop(grace_seconds=30) == 0
    assert (await finished(cloud, installation)).outcomes[0].result is not None
    assert await left_in(cloud, installation.tasks) == 0


async def test_a_task_longer_than_the_drain_returns_to_the_queue_at_once(
    cloud: Cloud, installation: Installation
) -> None:
    job = task(await stored(cloud, installation, encoded(photo(3000, 2000), "PNG")), [SLOW])
    async with processor(installation, DARKROOM_DRAIN_SECONDS="0.1") as service:
        await send(cloud, installation, job)
        async with asyncio.timeout(20):
            assert isinstance(await anext(reports(cloud, installation)), TaskStarted)
        assert await service.stop() == 0
    (again,) = await SqsQueue(cloud.sqs, installation.tasks.url).receive(most=10, wait_seconds=1)
    assert again.receives == 2
    assert ProcessTask.model_validate_json(again.body) == job


async def test_an_invalid_message_ends_in_the_dead_letter_queue(cloud: Cloud, installation: Installation) -> None:
    await cloud.sqs.send_message(QueueUrl=installation.tasks.url, MessageBody='{"type": "task.process", "v": 2}')
    dead = SqsQueue(cloud.sqs, installation.tasks.dlq_url)
    async with processor(installation), asyncio.timeout(20):
        while not (found := await dead.receive(most=1, wait_seconds=1)):
            continue
    assert found[0].body == '{"type": "task.process", "v": 2}'


async def test_readiness_names_what_is_missing(cloud: Cloud, installation: Installation) -> None:
    async with processor(installation) as service, httpx.AsyncClient(base_url=service.url) as client:
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        await cloud.sqs.delete_queue(QueueUrl=installation.reports.url)
        await until(lambda: is_unready(client))
        assert (await client.get("/readyz")).json()["failures"].keys() == {"reports queue"}
        assert (await client.get("/docs")).status_code == 404
    await cloud.sqs.create_queue(QueueName=installation.topology.reports.name)


async def test_an_unsealed_sandbox_stops_the_service_in_production(installation: Installation) -> None:
    environment = {**installation.environment(), "DARKROOM_ENVIRONMENT": "production"}
    service = Service("processor", "tests.processor.unsealed_processor", port=1, environment=environment)
    await service.start()
    assert await service.wait() == 3
    (line,) = service.log.find("sandbox_unsealed")
    event = json.loads(line)
    assert (event["event"], event["level"]) == ("sandbox_unsealed", "critical")
    assert "seccomp" in event["missing"]


async def test_an_unsealed_sandbox_is_logged_and_works_in_development(cloud: Cloud, installation: Installation) -> None:
    job = task(await stored(cloud, installation, jpeg(120, 80)), [SMALL])
    settings = {"DARKROOM_ENVIRONMENT": "development"}
    async with processor(installation, "tests.processor.unsealed_processor", **settings) as service:
        await send(cloud, installation, job)
        assert (await finished(cloud, installation)).outcomes[0].result is not None
        assert service.log.find("sandbox_incomplete")


async def test_all_invalid_settings_are_reported_at_once() -> None:
    environment = {"DARKROOM_CHILDREN": "0", "DARKROOM_TASKS_QUEUE_URL": "http://127.0.0.1:9/tasks"}
    service = Service("processor", "darkroom_processor", port=1, environment=environment)
    await service.start()
    assert await service.wait() == 2
    for variable in ("CHILDREN", "ORIGINALS_BUCKET", "RESULTS_BUCKET", "RESULTS_QUEUE_URL"):
        assert f"DARKROOM_{variable}:" in str(service.log)
