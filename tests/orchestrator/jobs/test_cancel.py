"""Tests the cancellation of open jobs."""

import asyncio

import pytest

from darkroom.errors import Conflict, NotFound
from darkroom.jobs import JobStatus, new_job_id
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import finished, started


async def test_awaiting_queued_or_processing_job_is_cancelled(harness: Harness) -> None:
    waiting = await harness.waiting_job()
    queued, _ = await harness.queued_job()
    processing, [task] = await harness.queued_job()
    await harness.orchestrator.begin(started(task))
    jobs = (waiting, queued, processing)

    for job in jobs:
        assert (await harness.orchestrator.cancel(job.job_id)).status is JobStatus.CANCELLED

    assert {(await harness.job(job.job_id)).status for job in jobs} == {JobStatus.CANCELLED}
    assert await harness.open_ids() == []
    events = await harness.events()
    assert sorted(event.job_id for event in events) == sorted(job.job_id for job in jobs)
    assert {event.status for event in events} == {JobStatus.CANCELLED}


async def test_second_cancellation_changes_and_publishes_nothing(harness: Harness) -> None:
    job, _ = await harness.queued_job()
    first = await harness.orchestrator.cancel(job.job_id)
    harness.now.forward(minutes=1)

    again = await harness.orchestrator.cancel(job.job_id)

    assert (again.status, again.updated_at) == (JobStatus.CANCELLED, first.updated_at)
    assert len(await harness.events()) == 1


async def test_reports_do_not_change_a_cancelled_job(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    cancelled = await harness.orchestrator.cancel(job.job_id)

    await harness.orchestrator.begin(started(task))
    await harness.orchestrator.finish(finished(task))

    now = await harness.job(job.job_id)
    assert (now.status, now.updated_at) == (JobStatus.CANCELLED, cancelled.updated_at)
    assert not any(state.result for state in now.variants.values())


async def test_job_that_ended_by_itself_is_not_cancelled(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(finished(task))

    with pytest.raises(Conflict, match="completed"):
        await harness.orchestrator.cancel(job.job_id)
    with pytest.raises(NotFound):
        await harness.orchestrator.cancel(new_job_id())


async def test_cancellation_or_simultaneous_last_report_wins_but_not_both(harness: Harness) -> None:
    for _ in range(10):
        job, [task] = await harness.queued_job()
        await asyncio.gather(
            harness.orchestrator.cancel(job.job_id), harness.orchestrator.finish(finished(task)), return_exceptions=True
        )
        ended = await harness.job(job.job_id)
        events = await harness.events()

        assert ended.status in {JobStatus.CANCELLED, JobStatus.COMPLETED}
        assert {event.status for event in events} == {ended.status}


async def test_sweeper_publishes_a_cancellation_whose_event_failed(harness: Harness) -> None:
    job, _ = await harness.queued_job()
    deaf = harness.with_settings(job_events_topic_arn=f"{harness.settings.job_events_topic_arn}-absent")
    with pytest.raises(Exception, match="Topic"):
        await deaf.cancel(job.job_id)
    assert await harness.open_ids() == [job.job_id]

    await harness.orchestrator.sweep()

    assert [event.status for event in await harness.events()] == [JobStatus.CANCELLED]
    assert await harness.open_ids() == []
