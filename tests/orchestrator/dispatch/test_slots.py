"""Tests that an owner has a limited number of tasks in flight, and that further jobs wait in their records."""

import asyncio
from dataclasses import replace

import pytest_asyncio

from darkroom.jobs import Job, JobStatus, SlotState, parts_of
from darkroom.messages import ProcessTask
from darkroom_orchestrator.composition import Composition
from darkroom_orchestrator.records.progress import progress_of
from tests.orchestrator.harness import RECIPE, Harness
from tests.orchestrator.task_reports import DECODER_FAULT, finished

LIMIT = 2


@pytest_asyncio.fixture
async def orchestrator(harness: Harness) -> Composition:
    """Compose an orchestrator that limits each owner to two tasks in flight."""
    return harness.with_settings(tasks_per_owner=LIMIT)


async def started_jobs(harness: Harness, orchestrator: Composition, count: int, *, owner: str = "demo") -> list[Job]:
    """Return jobs whose originals have arrived, one after the other."""
    jobs = []
    for _ in range(count):
        job = await harness.waiting_job(owner=owner)
        harness.now.forward(seconds=1)
        await orchestrator.start(await harness.upload(job), redelivered=False)
        jobs.append(await harness.job(job.job_id))
    return jobs


async def sent_ids(harness: Harness) -> list[str]:
    """Return the job IDs of the tasks that were sent since the last call."""
    return [task.job_id for task in await harness.sent_tasks()]


async def slot_state(harness: Harness, job: Job) -> SlotState | None:
    slots = (await harness.job(job.job_id)).slots
    return slots.state if slots else None


async def test_job_without_a_free_slot_is_queued_but_not_sent(harness: Harness, orchestrator: Composition) -> None:
    jobs = await started_jobs(harness, orchestrator, 4)

    assert await sent_ids(harness) == [job.job_id for job in jobs[:LIMIT]]
    assert {job.status for job in jobs} == {JobStatus.QUEUED}
    assert [await slot_state(harness, job) for job in jobs] == [
        SlotState.SENT,
        SlotState.SENT,
        SlotState.WAITING,
        SlotState.WAITING,
    ]


async def test_owner_does_not_wait_for_jobs_of_another_owner(harness: Harness, orchestrator: Composition) -> None:
    await started_jobs(harness, orchestrator, 4, owner="flood")
    await harness.sent_tasks()

    [quiet] = await started_jobs(harness, orchestrator, 1, owner="quiet")

    assert await sent_ids(harness) == [quiet.job_id]


async def test_each_end_sends_the_oldest_waiting_job(harness: Harness, orchestrator: Composition) -> None:
    jobs = await started_jobs(harness, orchestrator, 5)
    order = []

    while tasks := await harness.sent_tasks():
        order += [task.job_id for task in tasks]
        await orchestrator.finish(finished(tasks[0]))
        for task in tasks[1:]:
            await orchestrator.finish(finished(task))

    assert order == [job.job_id for job in jobs]
    assert {(await harness.job(job.job_id)).status for job in jobs} == {JobStatus.COMPLETED}


async def test_simultaneous_ends_fill_all_slots_and_no_more(harness: Harness, orchestrator: Composition) -> None:
    jobs = await started_jobs(harness, orchestrator, 6)
    tasks = await harness.sent_tasks()

    await asyncio.gather(*(orchestrator.finish(finished(task)) for task in tasks))

    sent = await sent_ids(harness)
    assert len(sent) == len(set(sent))
    assert set(sent) <= {job.job_id for job in jobs[LIMIT:]}
    # Each end sees its own free slot. Two that look at the same time may choose the same job.
    assert 1 <= len(sent) <= LIMIT
    slots = [await slot_state(harness, job) for job in jobs]
    assert slots.count(SlotState.SENT) == len(sent)


async def test_job_takes_one_slot_for_each_task(harness: Harness) -> None:
    orchestrator = harness.with_settings(tasks_per_owner=LIMIT, max_variants_per_task=2)
    assert len(RECIPE.variants) == 4

    jobs = await started_jobs(harness, orchestrator, 2)

    assert await sent_ids(harness) == [jobs[0].job_id] * 2
    assert jobs[0].slots is not None
    assert jobs[0].slots.count == 2


async def test_cancelled_job_gives_its_slot_to_the_next(harness: Harness, orchestrator: Composition) -> None:
    jobs = await started_jobs(harness, orchestrator, 4)
    await harness.sent_tasks()

    await orchestrator.cancel(jobs[2].job_id)
    assert await sent_ids(harness) == []
    await orchestrator.cancel(jobs[0].job_id)

    assert await sent_ids(harness) == [jobs[3].job_id]
    assert [await slot_state(harness, job) for job in jobs] == [None, SlotState.SENT, None, SlotState.SENT]


async def test_retried_job_waits_for_a_slot_too(harness: Harness, orchestrator: Composition) -> None:
    [failed] = await started_jobs(harness, orchestrator, 1)
    [task] = await harness.sent_tasks()
    await orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))
    await started_jobs(harness, orchestrator, LIMIT)
    tasks = await harness.sent_tasks()

    queued = await orchestrator.retry(failed.job_id)
    assert (queued.status, await sent_ids(harness)) == (JobStatus.QUEUED, [])
    await orchestrator.finish(finished(tasks[0]))

    [again] = await harness.sent_tasks()
    assert (again.job_id, again.attempt) == (failed.job_id, 2)


async def test_repeated_report_passes_on_the_slot_that_a_crash_kept(
    harness: Harness, orchestrator: Composition
) -> None:
    jobs = await started_jobs(harness, orchestrator, 3)
    report = finished((await harness.sent_tasks())[0])
    progress = progress_of(jobs[0], report)
    assert progress is not None
    assert await harness.jobs.advance(jobs[0], report, progress)

    await orchestrator.finish(report)

    assert await sent_ids(harness) == [jobs[2].job_id]


async def test_sweeper_sends_the_tasks_of_a_job_that_got_its_slot_before_a_crash(
    harness: Harness, orchestrator: Composition
) -> None:
    jobs = await started_jobs(harness, orchestrator, 3)
    await orchestrator.finish(finished((await harness.sent_tasks())[0]))
    assert await sent_ids(harness) == [jobs[2].job_id]  # No processor received it.
    harness.now.forward(minutes=6)

    await orchestrator.sweep()

    assert jobs[2].job_id in await sent_ids(harness)


async def test_sweeper_sends_waiting_jobs_that_no_end_has_sent(harness: Harness, orchestrator: Composition) -> None:
    jobs = await started_jobs(harness, orchestrator, 3)
    report = finished((await harness.sent_tasks())[0])
    progress = progress_of(jobs[0], report)
    assert progress is not None
    await harness.jobs.advance(jobs[0], report, progress)
    harness.now.forward(minutes=6)

    await orchestrator.sweep()

    assert await slot_state(harness, jobs[2]) is SlotState.SENT
    assert (await harness.job(jobs[2].job_id)).redrives == 0
    assert jobs[2].job_id in await sent_ids(harness)


async def test_job_finds_a_slot_that_became_free_while_it_was_queued(
    harness: Harness, orchestrator: Composition
) -> None:
    await started_jobs(harness, orchestrator, LIMIT)
    tasks = await harness.sent_tasks()
    job = await harness.waiting_job()
    await harness.upload(job)
    original = await harness.original(job)
    slots = await orchestrator.slots.slots_for(replace(job, original=original.ref, pending=parts_of(job.variants)))
    for task in tasks:
        await orchestrator.finish(finished(task))

    queued = await harness.jobs.queue(job, original.ref, slots)
    assert queued is not None
    await orchestrator.slots.send(queued)

    assert await sent_ids(harness) == [job.job_id]


async def test_repeated_announcement_does_not_send_a_waiting_job(harness: Harness, orchestrator: Composition) -> None:
    jobs = await started_jobs(harness, orchestrator, 3)
    await harness.sent_tasks()
    assert jobs[2].original is not None

    new = replace(await harness.upload(jobs[2]), version_id=jobs[2].original.version_id)
    await orchestrator.start(new, redelivered=True)

    assert await sent_ids(harness) == []


async def test_jobs_that_waited_are_sent_after_the_limit_is_removed(
    harness: Harness, orchestrator: Composition
) -> None:
    jobs = await started_jobs(harness, orchestrator, 4)
    free = harness.with_settings(tasks_per_owner=0)

    [new] = await started_jobs(harness, free, 1)
    assert new.slots is None
    assert len(await sent_ids(harness)) == LIMIT + 1
    harness.now.forward(minutes=6)
    await free.sweep()

    assert set(await sent_ids(harness)) >= {job.job_id for job in jobs[LIMIT:]}


async def test_tasks_name_their_owner_so_that_queues_can_be_fair(harness: Harness, orchestrator: Composition) -> None:
    await started_jobs(harness, orchestrator, 1, owner="quiet")
    [delivery] = await orchestrator.queues["tasks"].queue.receive(most=1, wait_seconds=1)  # type: ignore[index]
    assert delivery.attributes["owner"] == "quiet"
    assert ProcessTask.model_validate_json(delivery.body).attempt == 1
