"""Cancel: an open job is ended from outside."""

import asyncio

import pytest

from darkroom.errors import Conflict, NotFound
from darkroom.jobs import JobStatus, new_job_id
from tests.orchestrator.site import Site, finished, started


async def test_a_job_is_cancelled_while_it_waits_is_queued_or_is_processed(site: Site) -> None:
    waiting = await site.waiting_job()
    queued, _ = await site.queued_job()
    processing, [task] = await site.queued_job()
    await site.orchestrator.begin(started(task))
    jobs = (waiting, queued, processing)

    for job in jobs:
        assert (await site.orchestrator.cancel(job.job_id)).status is JobStatus.CANCELLED

    assert {(await site.job(job.job_id)).status for job in jobs} == {JobStatus.CANCELLED}
    assert await site.open_ids() == []
    events = await site.events()
    assert sorted(event.job_id for event in events) == sorted(job.job_id for job in jobs)
    assert {event.status for event in events} == {JobStatus.CANCELLED}


async def test_cancelling_again_changes_and_publishes_nothing(site: Site) -> None:
    job, _ = await site.queued_job()
    first = await site.orchestrator.cancel(job.job_id)
    site.now.forward(minutes=1)

    again = await site.orchestrator.cancel(job.job_id)

    assert (again.status, again.updated_at) == (JobStatus.CANCELLED, first.updated_at)
    assert len(await site.events()) == 1


async def test_reports_change_no_cancelled_job(site: Site) -> None:
    job, [task] = await site.queued_job()
    cancelled = await site.orchestrator.cancel(job.job_id)

    await site.orchestrator.begin(started(task))
    await site.orchestrator.finish(finished(task))

    now = await site.job(job.job_id)
    assert (now.status, now.updated_at) == (JobStatus.CANCELLED, cancelled.updated_at)
    assert not any(state.result for state in now.variants.values())


async def test_what_has_ended_by_itself_is_not_cancelled(site: Site) -> None:
    job, [task] = await site.queued_job()
    await site.orchestrator.finish(finished(task))

    with pytest.raises(Conflict, match="completed"):
        await site.orchestrator.cancel(job.job_id)
    with pytest.raises(NotFound):
        await site.orchestrator.cancel(new_job_id())


async def test_a_cancellation_and_the_last_report_at_once_have_one_winner(site: Site) -> None:
    for _ in range(10):
        job, [task] = await site.queued_job()
        await asyncio.gather(
            site.orchestrator.cancel(job.job_id), site.orchestrator.finish(finished(task)), return_exceptions=True
        )
        ended = await site.job(job.job_id)
        events = await site.events()

        assert ended.status in {JobStatus.CANCELLED, JobStatus.COMPLETED}
        assert {event.status for event in events} == {ended.status}


async def test_the_sweeper_publishes_a_cancellation_that_could_not_be(site: Site) -> None:
    job, _ = await site.queued_job()
    deaf = site.with_settings(job_events_topic_arn=f"{site.settings.job_events_topic_arn}-absent")
    with pytest.raises(Exception, match="Topic"):
        await deaf.cancel(job.job_id)
    assert await site.open_ids() == [job.job_id]

    await site.orchestrator.sweep()

    assert [event.status for event in await site.events()] == [JobStatus.CANCELLED]
    assert await site.open_ids() == []
