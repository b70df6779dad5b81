"""Fan-in: reports become the job's outcome once, in whatever number and order they come."""

import asyncio
import random

import pytest

from darkroom.jobs import SOURCE_PART, JobStatus, VariantStatus
from darkroom_orchestrator.composition import Orchestrator
from tests.orchestrator.site import (
    DECODER_FAULT,
    DESCRIPTION,
    PRESETS,
    WORKER,
    Site,
    finished,
    started,
    task_began,
    undecodable,
)


@pytest.fixture
def spreading(site: Site) -> Orchestrator:
    """An orchestrator that makes a task of each variant."""
    return site.with_settings(max_variants_per_task=1)


async def test_the_report_of_the_only_task_completes_the_job(site: Site) -> None:
    job, [task] = await site.queued_job()

    await site.orchestrator.begin(started(task))
    await site.orchestrator.finish(finished(task))

    ended = await site.job(job.job_id)
    assert ended.status is JobStatus.COMPLETED
    assert {state.status for state in ended.variants.values()} == {VariantStatus.COMPLETED}
    assert ended.described
    assert (await site.details(ended.job_id)).description == DESCRIPTION
    assert (ended.worker, ended.started_at, ended.completed_at) == (WORKER, task_began(), site.now())
    assert (ended.pending, ended.deadline, ended.fault) == (frozenset(), None, None)
    assert (ended.cost.cpu_ms, ended.cost.bytes_read, ended.cost.bytes_written) == (10, 1000, 100)
    [event] = await site.events()
    assert (event.job_id, event.status, event.owner, event.attempt) == (job.job_id, JobStatus.COMPLETED, "demo", 1)


async def test_the_first_worker_makes_a_job_processing(site: Site) -> None:
    job, [task] = await site.queued_job()
    site.now.forward(minutes=4)

    await site.orchestrator.begin(started(task))
    await site.orchestrator.begin(started(task, worker="worker-2"))

    begun = await site.job(job.job_id)
    assert (begun.status, begun.worker, begun.started_at) == (JobStatus.PROCESSING, WORKER, task_began())
    assert begun.deadline == job.deadline, "a step moves no deadline: it would cost two writes to the index"
    assert await site.events() == []


async def test_finished_may_overtake_started(site: Site) -> None:
    job, [task] = await site.queued_job()

    await site.orchestrator.finish(finished(task))
    await site.orchestrator.begin(started(task))

    ended = await site.job(job.job_id)
    assert (ended.status, ended.worker, ended.started_at) == (JobStatus.COMPLETED, WORKER, task_began())


async def test_three_deliveries_count_once_and_publish_one_event_id(site: Site) -> None:
    job, [task] = await site.queued_job()
    report = finished(task)

    for _ in range(3):
        await site.orchestrator.finish(report)

    ended = await site.job(job.job_id)
    assert ended.cost == report.cost
    events = await site.events()
    assert len(events) == 3
    assert len({event.event_id for event in events}) == 1
    assert all(event == events[0] for event in events)


async def test_a_job_of_several_tasks_ends_with_the_last_of_them(site: Site, spreading: Orchestrator) -> None:
    job = await site.waiting_job()
    await spreading.start(await site.upload(job), redelivered=False)
    tasks = await site.sent_tasks()

    for task in tasks[:-1]:
        await site.orchestrator.finish(finished(task))
    open_job = await site.job(job.job_id)
    await site.orchestrator.finish(finished(tasks[-1]))
    ended = await site.job(job.job_id)

    assert (open_job.status, len(open_job.pending)) == (JobStatus.PROCESSING, 1 + tasks[-1].describe)
    assert open_job.worker == WORKER
    assert (ended.status, ended.cost.cpu_ms) == (JobStatus.COMPLETED, 10 * len(tasks))
    assert len(await site.events()) == 1


@pytest.mark.parametrize("seed", range(8))
async def test_shuffled_threefold_reports_end_every_job_the_same(
    site: Site, spreading: Orchestrator, seed: int
) -> None:
    job = await site.waiting_job(PRESETS["web"])
    await spreading.start(await site.upload(job), redelivered=False)
    tasks = await site.sent_tasks()
    reports = [report for task in tasks for report in (started(task), finished(task))] * 3
    random.Random(seed).shuffle(reports)  # noqa: S311 - an order, not a secret

    for report in reports:
        await site.report(report)

    ended = await site.job(job.job_id)
    assert ended.status is JobStatus.COMPLETED
    assert {state.status for state in ended.variants.values()} == {VariantStatus.COMPLETED}
    assert ended.cost.cpu_ms == 10 * len(tasks)
    assert len({event.event_id for event in await site.events()}) == 1


async def test_tasks_that_finish_at_the_same_moment_close_their_job_once(site: Site) -> None:
    pairing = site.with_settings(max_variants_per_task=2)
    jobs = [await site.waiting_job() for _ in range(12)]
    for job in jobs:
        await pairing.start(await site.upload(job), redelivered=False)
    tasks = await site.sent_tasks()
    assert len(tasks) == 24

    await asyncio.gather(*(site.orchestrator.finish(finished(task)) for task in tasks))

    ended = [await site.job(job.job_id) for job in jobs]
    assert {job.status for job in ended} == {JobStatus.COMPLETED}
    assert {job.cost.cpu_ms for job in ended} == {20}
    assert sorted(event.job_id for event in await site.events()) == sorted(job.job_id for job in jobs)


async def test_many_tasks_and_their_duplicates_at_the_same_moment_close_their_job(
    site: Site, spreading: Orchestrator
) -> None:
    job = await site.waiting_job(PRESETS["web"])
    await spreading.start(await site.upload(job), redelivered=False)
    tasks = await site.sent_tasks()

    await asyncio.gather(*(site.report(report) for task in tasks * 3 for report in (started(task), finished(task))))

    ended = await site.job(job.job_id)
    assert (ended.status, ended.cost.cpu_ms) == (JobStatus.COMPLETED, 10 * len(tasks))


async def test_some_failed_variants_make_a_job_partially_completed(site: Site) -> None:
    job, [task] = await site.queued_job()

    await site.orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))

    ended = await site.job(job.job_id)
    assert (ended.status, ended.fault) == (JobStatus.PARTIALLY_COMPLETED, None)
    assert ended.variants["square-64"].fault == DECODER_FAULT
    assert ended.variants["square-128"].status is VariantStatus.COMPLETED


async def test_a_source_that_cannot_be_read_fails_the_job_with_the_reason(site: Site) -> None:
    job, [task] = await site.queued_job()

    await site.orchestrator.finish(undecodable(task))

    ended = await site.job(job.job_id)
    assert (ended.status, ended.fault, ended.described) == (JobStatus.FAILED, DECODER_FAULT, False)
    [event] = await site.events()
    assert event.fault == DECODER_FAULT


async def test_a_job_of_metadata_only_completes_with_them_and_fails_without(site: Site) -> None:
    described, [task] = await site.queued_job(PRESETS["metadata"])
    await site.orchestrator.finish(finished(task))
    undescribed, [task] = await site.queued_job(PRESETS["metadata"])
    await site.orchestrator.finish(undecodable(task))
    unexplained, [task] = await site.queued_job(PRESETS["metadata"])
    await site.orchestrator.finish(finished(task).model_copy(update={"description": None}))

    assert (await site.job(described.job_id)).status is JobStatus.COMPLETED
    assert (await site.job(undescribed.job_id)).fault == DECODER_FAULT
    assert (await site.job(unexplained.job_id)).status is JobStatus.FAILED
    assert (await site.job(unexplained.job_id)).fault is not None


async def test_an_event_that_could_not_be_published_is_published_by_the_next_delivery(site: Site) -> None:
    job, [task] = await site.queued_job()
    deaf = site.with_settings(job_events_topic_arn=f"{site.settings.job_events_topic_arn}-absent")
    with pytest.raises(Exception, match="Topic"):
        await deaf.finish(finished(task))
    assert (await site.job(job.job_id)).status is JobStatus.COMPLETED

    await site.orchestrator.finish(finished(task))

    assert [event.status for event in await site.events()] == [JobStatus.COMPLETED]


async def test_a_report_of_parts_in_another_grouping_counts_what_is_new_in_it(
    site: Site, spreading: Orchestrator
) -> None:
    job, [whole] = await site.queued_job()
    [first, *_] = whole.variants
    single = whole.model_copy(update={"variants": (first,), "describe": False})

    await site.orchestrator.finish(finished(single, failed={first.variant.name: DECODER_FAULT}))
    await site.orchestrator.finish(finished(whole))

    ended = await site.job(job.job_id)
    assert ended.status is JobStatus.PARTIALLY_COMPLETED
    assert ended.variants[first.variant.name].fault == DECODER_FAULT
    assert SOURCE_PART not in ended.pending
