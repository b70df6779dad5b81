"""Tests outages of SQS at the worst moment: after a write and before the message that follows it."""

import asyncio
from dataclasses import replace

import pytest

from darkroom.errors import Unavailable
from darkroom.jobs import JobStatus
from darkroom_orchestrator.dispatch.send_tasks import SendTasks
from darkroom_orchestrator.dispatch.slot_index import SlotIndex
from darkroom_orchestrator.dispatch.slots import Slots
from darkroom_orchestrator.events import JobEvents
from darkroom_orchestrator.jobs.sweep import Sweep, sweep_regularly
from darkroom_orchestrator.storage.originals import Originals
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import undecodable
from tests.support.memory_queue import MemoryQueue, away
from tests.support.waiting import until


@pytest.fixture
def failing() -> MemoryQueue:
    """A queue whose first send fails."""
    return MemoryQueue(failures={"send": [away()]})


def slots_sending_to(harness: Harness, queue: MemoryQueue) -> Slots:
    index = SlotIndex(harness.clients.dynamodb, harness.settings.jobs_table)
    send_tasks = SendTasks(thumbnails=True, jobs=harness.jobs, tasks=queue, max_variants_per_task=16)
    return Slots(index=index, jobs=harness.jobs, send_tasks=send_tasks, limit=8)


async def test_start_that_could_not_send_its_tasks_sends_them_on_redelivery(
    harness: Harness, failing: MemoryQueue
) -> None:
    begin = replace(harness.orchestrator.start.begin, slots=slots_sending_to(harness, failing))
    start = replace(harness.orchestrator.start, begin=begin)
    job = await harness.waiting_job()
    new = await harness.upload(job)
    with pytest.raises(Unavailable):
        await start(new, redelivered=False)
    assert (await failing.depth()).visible == 0

    await start(new, redelivered=True)

    assert (await harness.job(job.job_id)).status is JobStatus.QUEUED
    assert (await failing.depth()).visible == 1


async def test_retry_that_cannot_send_its_tasks_is_accepted_and_left_to_the_sweeper(
    harness: Harness, failing: MemoryQueue
) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(undecodable(task))
    retry = replace(harness.orchestrator.retry, slots=slots_sending_to(harness, failing))

    queued = await retry(job.job_id)

    assert (queued.status, queued.attempt) == (JobStatus.QUEUED, 2)
    assert await harness.sent_tasks() == []
    harness.now.forward(minutes=6)
    await harness.orchestrator.sweep()
    assert [sent.attempt for sent in await harness.sent_tasks()] == [2]


async def test_failed_sweep_is_followed_by_the_next(harness: Harness, failing: MemoryQueue) -> None:
    sweep = Sweep(
        jobs=harness.jobs,
        open_jobs=harness.open_jobs,
        originals=Originals(harness.s3, harness.settings.originals_bucket),
        slots=slots_sending_to(harness, MemoryQueue()),
        events=JobEvents(harness.clients.sns, harness.settings.job_events_topic_arn),
        publish=harness.orchestrator.publish,
        refunds=harness.orchestrator.refunds,
        discard_image=harness.orchestrator.requested.discard,
        imports=harness.orchestrator.sweep.imports,
        resume_action=harness.orchestrator.actions.resume,
        uploads=failing,
        tasks=MemoryQueue(),
        reports=MemoryQueue(),
        now=harness.now,
    )
    await harness.upload(await harness.waiting_job())
    harness.now.forward(minutes=6)
    stop = asyncio.Event()
    sweeping = asyncio.create_task(sweep_regularly(sweep, stop, seconds=0.05))

    await failing.failed.wait()
    harness.now.forward(minutes=6)

    async def announced() -> bool:
        return (await failing.depth()).visible == 1

    await until(announced)
    stop.set()
    await sweeping
