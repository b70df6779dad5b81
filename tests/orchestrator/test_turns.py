"""Turns: an owner has a share of the tasks in flight, and what is beyond it waits in its record."""

import asyncio
from dataclasses import replace

import pytest_asyncio

from darkroom.jobs import Job, JobStatus, Turn, parts_of
from darkroom.messages import ProcessTask
from darkroom_orchestrator.composition import Orchestrator
from darkroom_orchestrator.progress import progress_of
from tests.orchestrator.site import DECODER_FAULT, RECIPE, Site, finished

SHARE = 2


@pytest_asyncio.fixture
async def orchestrator(site: Site) -> Orchestrator:
    """One in which an owner may have two tasks in flight."""
    return site.with_settings(tasks_per_owner=SHARE)


async def started_jobs(site: Site, orchestrator: Orchestrator, count: int, *, owner: str = "demo") -> list[Job]:
    """Jobs whose bytes have come, one after the other."""
    jobs = []
    for _ in range(count):
        job = await site.waiting_job(owner=owner)
        site.now.forward(seconds=1)
        await orchestrator.start(await site.upload(job), redelivered=False)
        jobs.append(await site.job(job.job_id))
    return jobs


async def sent_ids(site: Site) -> list[str]:
    """Whose tasks were sent since the last time."""
    return [task.job_id for task in await site.sent_tasks()]


async def turn_of(site: Site, job: Job) -> Turn | None:
    place = (await site.job(job.job_id)).place
    return place.turn if place else None


async def test_what_is_beyond_an_owners_share_is_queued_and_not_sent(site: Site, orchestrator: Orchestrator) -> None:
    jobs = await started_jobs(site, orchestrator, 4)

    assert await sent_ids(site) == [job.job_id for job in jobs[:SHARE]]
    assert {job.status for job in jobs} == {JobStatus.QUEUED}
    assert [await turn_of(site, job) for job in jobs] == [Turn.SENT, Turn.SENT, Turn.WAITING, Turn.WAITING]


async def test_nobody_waits_for_another_owners_jobs(site: Site, orchestrator: Orchestrator) -> None:
    await started_jobs(site, orchestrator, 4, owner="flood")
    await site.sent_tasks()

    [quiet] = await started_jobs(site, orchestrator, 1, owner="quiet")

    assert await sent_ids(site) == [quiet.job_id]


async def test_each_job_that_ends_lets_the_one_go_that_waits_longest(site: Site, orchestrator: Orchestrator) -> None:
    jobs = await started_jobs(site, orchestrator, 5)
    order = []

    while tasks := await site.sent_tasks():
        order += [task.job_id for task in tasks]
        await orchestrator.finish(finished(tasks[0]))
        for task in tasks[1:]:
            await orchestrator.finish(finished(task))

    assert order == [job.job_id for job in jobs]
    assert {(await site.job(job.job_id)).status for job in jobs} == {JobStatus.COMPLETED}


async def test_jobs_that_end_at_the_same_moment_fill_all_places_and_no_more(
    site: Site, orchestrator: Orchestrator
) -> None:
    jobs = await started_jobs(site, orchestrator, 6)
    tasks = await site.sent_tasks()

    await asyncio.gather(*(orchestrator.finish(finished(task)) for task in tasks))

    sent = await sent_ids(site)
    assert len(sent) == len(set(sent))
    assert set(sent) <= {job.job_id for job in jobs[SHARE:]}
    # Each end sees its own place; two that look at once may take the same job to fill it.
    assert 1 <= len(sent) <= SHARE
    turns = [await turn_of(site, job) for job in jobs]
    assert turns.count(Turn.SENT) == len(sent)


async def test_a_job_takes_as_many_places_as_it_has_tasks(site: Site) -> None:
    orchestrator = site.with_settings(tasks_per_owner=SHARE, max_variants_per_task=2)
    assert len(RECIPE.variants) == 4

    jobs = await started_jobs(site, orchestrator, 2)

    assert await sent_ids(site) == [jobs[0].job_id] * 2
    assert jobs[0].place is not None
    assert jobs[0].place.tasks == 2


async def test_a_cancelled_job_gives_its_place_to_the_next(site: Site, orchestrator: Orchestrator) -> None:
    jobs = await started_jobs(site, orchestrator, 4)
    await site.sent_tasks()

    await orchestrator.cancel(jobs[2].job_id)
    assert await sent_ids(site) == []
    await orchestrator.cancel(jobs[0].job_id)

    assert await sent_ids(site) == [jobs[3].job_id]
    assert [await turn_of(site, job) for job in jobs] == [None, Turn.SENT, None, Turn.SENT]


async def test_a_job_that_is_run_again_waits_for_its_turn_too(site: Site, orchestrator: Orchestrator) -> None:
    [failed] = await started_jobs(site, orchestrator, 1)
    [task] = await site.sent_tasks()
    await orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))
    await started_jobs(site, orchestrator, SHARE)
    tasks = await site.sent_tasks()

    queued = await orchestrator.retry(failed.job_id)
    assert (queued.status, await sent_ids(site)) == (JobStatus.QUEUED, [])
    await orchestrator.finish(finished(tasks[0]))

    [again] = await site.sent_tasks()
    assert (again.job_id, again.attempt) == (failed.job_id, 2)


async def test_a_report_that_comes_again_passes_on_the_place_that_a_crash_kept(
    site: Site, orchestrator: Orchestrator
) -> None:
    jobs = await started_jobs(site, orchestrator, 3)
    report = finished((await site.sent_tasks())[0])
    progress = progress_of(jobs[0], report)
    assert progress is not None
    assert await site.jobs.advance(jobs[0], report, progress)

    await orchestrator.finish(report)

    assert await sent_ids(site) == [jobs[2].job_id]


async def test_the_sweeper_sends_what_a_crash_kept_after_it_had_its_turn(
    site: Site, orchestrator: Orchestrator
) -> None:
    jobs = await started_jobs(site, orchestrator, 3)
    await orchestrator.finish(finished((await site.sent_tasks())[0]))
    assert await sent_ids(site) == [jobs[2].job_id]  # Nobody received it.
    site.now.forward(minutes=6)

    await orchestrator.sweep()

    assert jobs[2].job_id in await sent_ids(site)


async def test_the_sweeper_lets_those_go_that_nobody_woke(site: Site, orchestrator: Orchestrator) -> None:
    jobs = await started_jobs(site, orchestrator, 3)
    report = finished((await site.sent_tasks())[0])
    progress = progress_of(jobs[0], report)
    assert progress is not None
    await site.jobs.advance(jobs[0], report, progress)
    site.now.forward(minutes=6)

    await orchestrator.sweep()

    assert await turn_of(site, jobs[2]) is Turn.SENT
    assert (await site.job(jobs[2].job_id)).redrives == 0
    assert jobs[2].job_id in await sent_ids(site)


async def test_a_place_that_becomes_free_while_a_job_is_queued_is_found(site: Site, orchestrator: Orchestrator) -> None:
    await started_jobs(site, orchestrator, SHARE)
    tasks = await site.sent_tasks()
    job = await site.waiting_job()
    await site.upload(job)
    original = await site.original(job)
    place = await orchestrator.turns.place_for(replace(job, source=original.ref, pending=parts_of(job.variants)))
    for task in tasks:
        await orchestrator.finish(finished(task))

    queued = await site.jobs.queue(job, original.ref, place)
    assert queued is not None
    await orchestrator.turns.take(queued)

    assert await sent_ids(site) == [job.job_id]


async def test_an_announcement_that_comes_again_sends_no_job_before_its_turn(
    site: Site, orchestrator: Orchestrator
) -> None:
    jobs = await started_jobs(site, orchestrator, 3)
    await site.sent_tasks()
    assert jobs[2].source is not None

    new = replace(await site.upload(jobs[2]), version_id=jobs[2].source.version_id)
    await orchestrator.start(new, redelivered=True)

    assert await sent_ids(site) == []


async def test_without_a_share_nobody_waits_and_those_who_did_are_let_go(
    site: Site, orchestrator: Orchestrator
) -> None:
    jobs = await started_jobs(site, orchestrator, 4)
    free = site.with_settings(tasks_per_owner=0)

    [new] = await started_jobs(site, free, 1)
    assert new.place is None
    assert len(await sent_ids(site)) == SHARE + 1
    site.now.forward(minutes=6)
    await free.sweep()

    assert set(await sent_ids(site)) >= {job.job_id for job in jobs[SHARE:]}


async def test_tasks_name_their_owner_so_that_queues_can_be_fair(site: Site, orchestrator: Orchestrator) -> None:
    await started_jobs(site, orchestrator, 1, owner="quiet")
    [delivery] = await orchestrator.queues["tasks"].queue.receive(most=1, wait_seconds=1)  # type: ignore[index]
    assert delivery.attributes["owner"] == "quiet"
    assert ProcessTask.model_validate_json(delivery.body).attempt == 1
