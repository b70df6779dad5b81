"""Tests the running orchestrator: with real queues and notifications, and as a process that is stopped."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from types_aiobotocore_sqs import SQSClient

from darkroom.jobs import JobStatus, ObjectRef
from darkroom.messages import ProcessTask, UploadArrived
from darkroom.runtime.queue import Outgoing
from darkroom_local.installation import Installation
from darkroom_local.ports import free_ports
from darkroom_local.service import Service
from darkroom_orchestrator.internal_api.routes import QueueName
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import finished, started
from tests.support.waiting import until


@pytest_asyncio.fixture
async def consuming(harness: Harness) -> AsyncIterator[Harness]:
    """Run the consumers and the sweeper of the harness."""
    stop = asyncio.Event()
    running = [asyncio.create_task(start(stop)) for start in harness.orchestrator.background()]
    yield harness
    stop.set()
    await asyncio.gather(*running)


async def send_raw(sqs: SQSClient, url: str, body: str) -> None:
    """Send a body as it is."""
    await sqs.send_message(QueueUrl=url, MessageBody=body)


async def reaches(harness: Harness, job_id: str, status: JobStatus) -> None:
    """Wait until the job has that status."""

    async def has_it() -> bool:
        return (await harness.job(job_id)).status is status

    await until(has_it)


async def test_announced_upload_runs_to_its_end(consuming: Harness) -> None:
    harness = consuming
    job = await harness.waiting_job()
    new = await harness.upload(job)
    source = ObjectRef(key=new.key, version_id=new.version_id, etag='"as announced"', size=17)
    queues = harness.orchestrator.queues
    arrived = UploadArrived(job_id=job.job_id, original=source)

    await queues[QueueName.UPLOADS].queue.send([Outgoing(job_id=job.job_id, message=arrived)] * 3)
    await reaches(harness, job.job_id, JobStatus.QUEUED)
    [delivery] = await queues[QueueName.TASKS].queue.receive(most=10, wait_seconds=5)
    assert delivery.attributes["job_id"] == job.job_id
    task = ProcessTask.model_validate_json(delivery.body)
    await queues[QueueName.REPORTS].queue.send([Outgoing(job_id=job.job_id, message=started(task))])
    await reaches(harness, job.job_id, JobStatus.PROCESSING)
    await queues[QueueName.REPORTS].queue.send([Outgoing(job_id=job.job_id, message=finished(task))] * 3)

    await reaches(harness, job.job_id, JobStatus.COMPLETED)


async def test_s3_announces_presigned_uploads_and_drops(consuming: Harness) -> None:
    harness = consuming
    job = await harness.waiting_job(direct=True)

    await harness.upload(job)
    await harness.put_original("incoming/thumbnails/mein Kätzchen +1.jpg")

    await reaches(harness, job.job_id, JobStatus.QUEUED)

    async def dropped() -> bool:
        names = {job.filename for job in await harness.all_jobs() if job.status is JobStatus.QUEUED}
        return "mein Kätzchen +1.jpg" in names

    await until(dropped)


async def test_unreadable_messages_end_in_the_dead_letter_queue(consuming: Harness) -> None:
    harness = consuming
    for url in (harness.settings.uploads_queue_url, harness.settings.results_queue_url):
        await send_raw(harness.clients.sqs, url, "neither JSON nor anything")

    async def dead() -> bool:
        names = (QueueName.UPLOADS, QueueName.REPORTS)
        depths = [await harness.orchestrator.queues[name].dead.depth() for name in names]
        return all(depth.visible == 1 for depth in depths)

    await until(dead)


async def test_test_event_of_s3_is_consumed(consuming: Harness) -> None:
    harness = consuming
    body = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": harness.settings.originals_bucket})
    await send_raw(harness.clients.sqs, harness.settings.uploads_queue_url, body)

    async def gone() -> bool:
        pair = harness.orchestrator.queues[QueueName.UPLOADS]
        depth, dead = await pair.queue.depth(), await pair.dead.depth()
        return (depth.visible, depth.in_flight, dead.visible) == (0, 0, 0)

    await until(gone)


async def test_dead_tasks_fail_their_jobs_and_unreadable_ones_are_dropped(consuming: Harness) -> None:
    harness = consuming
    job, [task] = await harness.queued_job()
    dead = harness.orchestrator.queues[QueueName.TASKS].dead
    await send_raw(harness.clients.sqs, harness.settings.tasks_dlq_url, "not a task")

    await dead.send([Outgoing(job_id=job.job_id, message=task)])

    await reaches(harness, job.job_id, JobStatus.FAILED)

    async def empty() -> bool:
        depth = await dead.depth()
        return (depth.visible, depth.in_flight) == (0, 0)

    await until(empty)


async def test_sweeper_runs_in_the_background(harness: Harness) -> None:
    job = await harness.waiting_job()
    harness.now.forward(minutes=6)
    stop = asyncio.Event()
    running = [asyncio.create_task(start(stop)) for start in harness.with_settings(sweep_seconds=0.05).background()]
    try:
        await reaches(harness, job.job_id, JobStatus.EXPIRED)
    finally:
        stop.set()
        await asyncio.gather(*running)


async def test_process_becomes_ready_works_and_drains_on_sigterm(installation: Installation, harness: Harness) -> None:
    [port] = free_ports(1)
    service = Service("orchestrator", "darkroom_orchestrator", port=port, environment=installation.environment())
    await service.start()
    try:
        await service.ready()
        job = await harness.waiting_job(direct=True)
        await harness.upload(job)
        await reaches(harness, job.job_id, JobStatus.QUEUED)
    finally:
        status = await service.stop()

    assert status == 0
    lines = [json.loads(line) for line in str(service.log).splitlines() if line.startswith("{")]
    assert {line["level"] for line in lines} <= {"info", "debug"}
    [queued] = [line for line in lines if line["event"] == "job_queued"]
    assert (queued["job_id"], queued["service"]) == (job.job_id, "orchestrator")


async def test_all_invalid_settings_are_named_at_once(installation: Installation) -> None:
    environment = installation.environment() | {"DARKROOM_SWEEP_SECONDS": "0", "DARKROOM_MAX_VARIANTS_PER_TASK": "x"}
    del environment["DARKROOM_JOBS_TABLE"]
    service = Service("orchestrator", "darkroom_orchestrator", port=0, environment=environment)

    await service.start()

    assert await service.wait() == 2
    for name in ("DARKROOM_JOBS_TABLE", "DARKROOM_SWEEP_SECONDS", "DARKROOM_MAX_VARIANTS_PER_TASK"):
        assert name in str(service.log)


@pytest.mark.parametrize("content", [None, "{"])
async def test_unusable_presets_file_is_named(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory, content: str | None
) -> None:
    file = tmp_path_factory.mktemp("presets") / "presets.json"
    if content is not None:
        file.write_text(content)
    environment = installation.environment() | {"DARKROOM_PRESETS_FILE": str(file)}
    service = Service("orchestrator", "darkroom_orchestrator", port=0, environment=environment)

    await service.start()

    assert await service.wait() == 2
    assert str(file) in str(service.log)
