"""Tests the fan-in: reports count once, in whatever number and order they come."""

import asyncio
import random

import pytest

from darkroom.jobs import SOURCE_PART, JobStatus, VariantStatus
from darkroom_orchestrator.composition import Composition
from tests.orchestrator.harness import PRESETS, Harness
from tests.orchestrator.task_reports import (
    DECODER_FAULT,
    DESCRIPTION,
    WORKER,
    finished,
    started,
    task_began,
    undecodable,
)


@pytest.fixture
def spreading(harness: Harness) -> Composition:
    """Compose an orchestrator that makes a task for each variant."""
    return harness.with_settings(max_variants_per_task=1)


async def test_report_of_the_only_task_completes_the_job(harness: Harness) -> None:
    job, [task] = await harness.queued_job()

    await harness.orchestrator.begin(started(task))
    await harness.orchestrator.finish(finished(task))

    ended = await harness.job(job.job_id)
    assert ended.status is JobStatus.COMPLETED
    assert {state.status for state in ended.variants.values()} == {VariantStatus.COMPLETED}
    assert ended.described
    assert (await harness.details(ended.job_id)).description == DESCRIPTION
    assert (ended.worker, ended.started_at, ended.completed_at) == (WORKER, task_began(), harness.now())
    assert (ended.pending, ended.deadline, ended.fault) == (frozenset(), None, None)
    assert (ended.cost.cpu_ms, ended.cost.bytes_read, ended.cost.bytes_written) == (10, 1000, 100)
    [event] = await harness.events()
    assert (event.job_id, event.status, event.owner, event.attempt) == (job.job_id, JobStatus.COMPLETED, "demo", 1)


async def test_first_started_task_makes_a_job_processing(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    harness.now.forward(minutes=4)

    await harness.orchestrator.begin(started(task))
    await harness.orchestrator.begin(started(task, worker="worker-2"))

    begun = await harness.job(job.job_id)
    assert (begun.status, begun.worker, begun.started_at) == (JobStatus.PROCESSING, WORKER, task_began())
    assert begun.deadline == job.deadline, "no step moves the deadline: that would cost two writes of the index"
    assert await harness.events() == []


async def test_report_of_the_end_may_come_before_that_of_the_start(harness: Harness) -> None:
    job, [task] = await harness.queued_job()

    await harness.orchestrator.finish(finished(task))
    await harness.orchestrator.begin(started(task))

    ended = await harness.job(job.job_id)
    assert (ended.status, ended.worker, ended.started_at) == (JobStatus.COMPLETED, WORKER, task_began())


async def test_three_deliveries_count_once_and_publish_one_event_id(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    report = finished(task)

    for _ in range(3):
        await harness.orchestrator.finish(report)

    ended = await harness.job(job.job_id)
    assert ended.cost == report.cost
    events = await harness.events()
    assert len(events) == 3
    assert len({event.event_id for event in events}) == 1
    assert all(event == events[0] for event in events)


async def test_job_of_several_tasks_ends_with_the_last_one(harness: Harness, spreading: Composition) -> None:
    job = await harness.waiting_job()
    await spreading.start(await harness.upload(job), redelivered=False)
    tasks = await harness.sent_tasks()

    for task in tasks[:-1]:
        await harness.orchestrator.finish(finished(task))
    open_job = await harness.job(job.job_id)
    await harness.orchestrator.finish(finished(tasks[-1]))
    ended = await harness.job(job.job_id)

    assert (open_job.status, len(open_job.pending)) == (JobStatus.PROCESSING, 1 + tasks[-1].describe)
    assert open_job.worker == WORKER
    assert (ended.status, ended.cost.cpu_ms) == (JobStatus.COMPLETED, 10 * len(tasks))
    assert len(await harness.events()) == 1


@pytest.mark.parametrize("seed", range(8))
async def test_shuffled_and_repeated_reports_end_every_job_the_same_way(
    harness: Harness, spreading: Composition, seed: int
) -> None:
    job = await harness.waiting_job(PRESETS["web"])
    await spreading.start(await harness.upload(job), redelivered=False)
    tasks = await harness.sent_tasks()
    reports = [report for task in tasks for report in (started(task), finished(task))] * 3
    random.Random(seed).shuffle(reports)  # noqa: S311 - an order, not a secret

    for report in reports:
        await harness.report(report)

    ended = await harness.job(job.job_id)
    assert ended.status is JobStatus.COMPLETED
    assert {state.status for state in ended.variants.values()} == {VariantStatus.COMPLETED}
    assert ended.cost.cpu_ms == 10 * len(tasks)
    assert len({event.event_id for event in await harness.events()}) == 1


async def test_tasks_that_finish_at_the_same_moment_end_their_job_once(harness: Harness) -> None:
    pairing = harness.with_settings(max_variants_per_task=2)
    jobs = [await harness.waiting_job() for _ in range(12)]
    for job in jobs:
        await pairing.start(await harness.upload(job), redelivered=False)
    tasks = await harness.sent_tasks()
    assert len(tasks) == 24

    await asyncio.gather(*(harness.orchestrator.finish(finished(task)) for task in tasks))

    ended = [await harness.job(job.job_id) for job in jobs]
    assert {job.status for job in ended} == {JobStatus.COMPLETED}
    assert {job.cost.cpu_ms for job in ended} == {20}
    assert sorted(event.job_id for event in await harness.events()) == sorted(job.job_id for job in jobs)


async def test_many_simultaneous_tasks_and_their_duplicates_end_their_job_once(
    harness: Harness, spreading: Composition
) -> None:
    job = await harness.waiting_job(PRESETS["web"])
    await spreading.start(await harness.upload(job), redelivered=False)
    tasks = await harness.sent_tasks()

    await asyncio.gather(*(harness.report(report) for task in tasks * 3 for report in (started(task), finished(task))))

    ended = await harness.job(job.job_id)
    assert (ended.status, ended.cost.cpu_ms) == (JobStatus.COMPLETED, 10 * len(tasks))


async def test_some_failed_variants_make_a_job_partially_completed(harness: Harness) -> None:
    job, [task] = await harness.queued_job()

    await harness.orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))

    ended = await harness.job(job.job_id)
    assert (ended.status, ended.fault) == (JobStatus.PARTIALLY_COMPLETED, None)
    assert ended.variants["square-64"].fault == DECODER_FAULT
    assert ended.variants["square-128"].status is VariantStatus.COMPLETED


async def test_unreadable_original_fails_the_job_with_the_reason(harness: Harness) -> None:
    job, [task] = await harness.queued_job()

    await harness.orchestrator.finish(undecodable(task))

    ended = await harness.job(job.job_id)
    assert (ended.status, ended.fault, ended.described) == (JobStatus.FAILED, DECODER_FAULT, False)
    [event] = await harness.events()
    assert event.fault == DECODER_FAULT


async def test_job_without_variants_completes_if_it_is_described_and_otherwise_fails(harness: Harness) -> None:
    described, [task] = await harness.queued_job(PRESETS["metadata"])
    await harness.orchestrator.finish(finished(task))
    undescribed, [task] = await harness.queued_job(PRESETS["metadata"])
    await harness.orchestrator.finish(undecodable(task))
    unexplained, [task] = await harness.queued_job(PRESETS["metadata"])
    await harness.orchestrator.finish(finished(task).model_copy(update={"description": None}))

    assert (await harness.job(described.job_id)).status is JobStatus.COMPLETED
    assert (await harness.job(undescribed.job_id)).fault == DECODER_FAULT
    assert (await harness.job(unexplained.job_id)).status is JobStatus.FAILED
    assert (await harness.job(unexplained.job_id)).fault is not None


async def test_next_delivery_publishes_an_event_that_could_not_be_published(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    deaf = harness.with_settings(job_events_topic_arn=f"{harness.settings.job_events_topic_arn}-absent")
    with pytest.raises(Exception, match="Topic"):
        await deaf.finish(finished(task))
    assert (await harness.job(job.job_id)).status is JobStatus.COMPLETED

    await harness.orchestrator.finish(finished(task))

    assert [event.status for event in await harness.events()] == [JobStatus.COMPLETED]


async def test_report_with_settled_and_new_parts_counts_only_the_new_ones(
    harness: Harness, spreading: Composition
) -> None:
    job, [whole] = await harness.queued_job()
    [first, *_] = whole.variants
    single = whole.model_copy(update={"variants": (first,), "describe": False})

    await harness.orchestrator.finish(finished(single, failed={first.variant.name: DECODER_FAULT}))
    await harness.orchestrator.finish(finished(whole))

    ended = await harness.job(job.job_id)
    assert ended.status is JobStatus.PARTIALLY_COMPLETED
    assert ended.variants[first.variant.name].fault == DECODER_FAULT
    assert SOURCE_PART not in ended.pending
