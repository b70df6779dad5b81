"""SQS is away at the worst moment: after a write, and before the message that is to follow it."""

import asyncio

import pytest

from darkroom.errors import Unavailable
from darkroom.jobs import JobStatus
from darkroom_orchestrator.adapters.charging import Charging
from darkroom_orchestrator.adapters.events import JobEvents
from darkroom_orchestrator.adapters.originals import Originals
from darkroom_orchestrator.adapters.turn_index import TurnIndex
from darkroom_orchestrator.dispatch import Dispatch
from darkroom_orchestrator.retry import Retry
from darkroom_orchestrator.start import Start
from darkroom_orchestrator.sweep import Sweep, sweep_regularly
from darkroom_orchestrator.turns import Turns
from tests.orchestrator.site import PRESETS, Site, undecodable
from tests.support.memory_queue import MemoryQueue, away
from tests.support.waiting import until


@pytest.fixture
def failing() -> MemoryQueue:
    """A queue whose first send fails."""
    return MemoryQueue(failures={"send": [away()]})


def turns_to(site: Site, queue: MemoryQueue) -> Turns:
    index = TurnIndex(site.clients.dynamodb, site.settings.jobs_table)
    dispatch = Dispatch(site.jobs, queue, max_variants_per_task=16)
    return Turns(index=index, jobs=site.jobs, dispatch=dispatch, share=8)


async def test_a_start_that_cannot_send_its_tasks_sends_them_when_the_message_comes_again(
    site: Site, failing: MemoryQueue
) -> None:
    start = Start(
        jobs=site.jobs,
        originals=Originals(site.s3, site.settings.originals_bucket),
        turns=turns_to(site, failing),
        events=JobEvents(site.clients.sns, site.settings.job_events_topic_arn),
        presets=PRESETS,
        default_owner="demo",
        max_upload_bytes=1000,
        now=site.now,
    )
    job = await site.waiting_job()
    new = await site.upload(job)
    with pytest.raises(Unavailable):
        await start(new, redelivered=False)
    assert (await failing.depth()).visible == 0

    await start(new, redelivered=True)

    assert (await site.job(job.job_id)).status is JobStatus.QUEUED
    assert (await failing.depth()).visible == 1


async def test_a_retry_that_cannot_send_its_tasks_is_accepted_and_left_to_the_sweeper(
    site: Site, failing: MemoryQueue
) -> None:
    job, [task] = await site.queued_job()
    await site.orchestrator.finish(undecodable(task))
    originals = Originals(site.s3, site.settings.originals_bucket)
    retry = Retry(jobs=site.jobs, originals=originals, turns=turns_to(site, failing), charging=Charging("accounts"))

    queued = await retry(job.job_id)

    assert (queued.status, queued.attempt) == (JobStatus.QUEUED, 2)
    assert await site.sent_tasks() == []
    site.now.forward(minutes=6)
    await site.orchestrator.sweep()
    assert [sent.attempt for sent in await site.sent_tasks()] == [2]


async def test_a_sweep_that_fails_is_followed_by_the_next(site: Site, failing: MemoryQueue) -> None:
    sweep = Sweep(
        jobs=site.jobs,
        originals=Originals(site.s3, site.settings.originals_bucket),
        turns=turns_to(site, MemoryQueue()),
        events=JobEvents(site.clients.sns, site.settings.job_events_topic_arn),
        refunds=site.orchestrator.refunds,
        uploads=failing,
        tasks=MemoryQueue(),
        reports=MemoryQueue(),
        now=site.now,
    )
    await site.upload(await site.waiting_job())
    site.now.forward(minutes=6)
    stop = asyncio.Event()
    sweeping = asyncio.create_task(sweep_regularly(sweep, stop, seconds=0.05))

    await failing.failed.wait()
    site.now.forward(minutes=6)

    async def announced() -> bool:
        return (await failing.depth()).visible == 1

    await until(announced)
    stop.set()
    await sweeping
