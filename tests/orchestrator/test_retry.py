"""Retry: the failed variants of a job run again, in an attempt of their own."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace

import pytest

from darkroom.errors import Conflict, NotFound, QuotaExceeded
from darkroom.jobs import SOURCE_PART, Job, JobStatus, VariantStatus, new_job_id, parts_of, unsettled
from darkroom.limits import MAX_RUNS
from darkroom.tables.daily_counter import DailyUsage
from darkroom.tables.job_item import to_item
from tests.orchestrator.charged import charge, used
from tests.orchestrator.site import DECODER_FAULT, RECIPE, Site, finished, undecodable


async def partly_failed(site: Site) -> Job:
    """A job of which one variant failed."""
    job, [task] = await site.queued_job()
    await site.orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))
    return await site.job(job.job_id)


async def test_only_what_failed_runs_again(site: Site) -> None:
    job = await partly_failed(site)
    site.now.forward(hours=1)

    await site.orchestrator.retry(job.job_id)

    queued = await site.job(job.job_id)
    assert (queued.status, queued.attempt, queued.pending) == (JobStatus.QUEUED, 2, frozenset({"square-64"}))
    assert queued.variants["square-64"].status is VariantStatus.PENDING
    assert queued.variants["square-128"] == job.variants["square-128"]
    assert (queued.queued_at, queued.started_at, queued.completed_at) == (site.now(), None, None)
    assert queued.deadline is not None
    [task] = await site.sent_tasks()
    assert [planned.variant.name for planned in task.variants] == ["square-64"]
    assert (task.attempt, task.describe, task.source) == (2, False, job.source)


async def test_a_retry_that_succeeds_completes_the_job_and_adds_its_cost(site: Site) -> None:
    job = await partly_failed(site)
    await site.orchestrator.retry(job.job_id)
    [task] = await site.sent_tasks()

    await site.orchestrator.finish(finished(task))

    ended = await site.job(job.job_id)
    assert (ended.status, ended.fault, ended.cost.cpu_ms) == (JobStatus.COMPLETED, None, 20)
    assert [event.attempt for event in await site.events()] == [1, 2]


async def test_a_retry_of_a_job_that_failed_as_a_whole_describes_it_too(site: Site) -> None:
    job, [task] = await site.queued_job()
    await site.orchestrator.finish(undecodable(task))

    queued = await site.orchestrator.retry(job.job_id)

    assert queued.pending == parts_of(unsettled(RECIPE))
    assert SOURCE_PART in queued.pending
    assert queued.fault is None


async def test_a_retried_job_is_in_the_index_of_open_jobs_again(site: Site) -> None:
    job = await partly_failed(site)
    assert await site.open_ids() == []

    await site.orchestrator.retry(job.job_id)

    assert await site.open_ids() == [job.job_id]


@pytest.mark.parametrize(("runs", "once_more"), [(MAX_RUNS - 1, True), (MAX_RUNS, False)])
async def test_a_job_runs_so_many_times_and_not_for_ever(site: Site, runs: int, *, once_more: bool) -> None:
    job = replace(await partly_failed(site), attempt=runs)
    await site.clients.dynamodb.put_item(TableName=site.settings.jobs_table, Item=to_item(job))
    with nullcontext() if once_more else pytest.raises(Conflict, match="20 times"):
        await site.orchestrator.retry(job.job_id)
    assert (await site.job(job.job_id)).attempt == MAX_RUNS


async def test_two_retries_at_once_make_one_attempt(site: Site) -> None:
    job = await partly_failed(site)

    answers = await asyncio.gather(*(site.orchestrator.retry(job.job_id) for _ in range(6)), return_exceptions=True)

    assert sum(isinstance(answer, Job) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 5
    assert (await site.job(job.job_id)).attempt == 2
    assert len(await site.sent_tasks()) == 1


async def test_a_job_that_is_open_completed_or_cancelled_is_not_retried(site: Site) -> None:
    waiting = await site.waiting_job()
    completed, [task] = await site.queued_job()
    await site.orchestrator.finish(finished(task))
    cancelled, _ = await site.queued_job()
    await site.orchestrator.cancel(cancelled.job_id)

    for job in (waiting, completed, cancelled):
        with pytest.raises(Conflict, match="cannot be retried"):
            await site.orchestrator.retry(job.job_id)


async def test_an_upload_that_was_refused_is_not_retried(site: Site) -> None:
    job = await site.waiting_job()
    await site.orchestrator.start(await site.upload(job, b""), redelivered=False)

    with pytest.raises(Conflict, match="refused"):
        await site.orchestrator.retry(job.job_id)


async def test_a_job_whose_original_has_expired_is_not_retried(site: Site) -> None:
    job = await partly_failed(site)
    assert job.source is not None
    await site.s3.delete_object(
        Bucket=site.settings.originals_bucket, Key=job.source.key, VersionId=job.source.version_id or ""
    )

    with pytest.raises(Conflict, match="7 days"):
        await site.orchestrator.retry(job.job_id)

    assert (await site.job(job.job_id)).status is JobStatus.PARTIALLY_COMPLETED


async def test_a_job_that_is_being_deleted_is_not_retried(site: Site) -> None:
    job = await partly_failed(site)
    assert await site.jobs.begin_deletion(job)

    with pytest.raises(Conflict):
        await site.orchestrator.retry(job.job_id)


async def test_no_job_is_not_retried(site: Site) -> None:
    with pytest.raises(NotFound):
        await site.orchestrator.retry(new_job_id())


async def test_a_retry_seen_from_an_older_attempt_is_refused(site: Site) -> None:
    job = await partly_failed(site)
    await site.orchestrator.retry(job.job_id)
    [task] = await site.sent_tasks()
    await site.orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))
    site.now.forward(seconds=1)

    assert await site.jobs.retry(replace(job, attempt=1), {"square-64"}) is None


async def test_a_retry_counts_as_one_more_job_with_the_bytes_of_its_image(site: Site) -> None:
    job = await partly_failed(site)
    cost = charge(site, jobs=2, size=1000, of=600)
    queued = await site.orchestrator.retry(job.job_id, cost)
    assert (queued.status, queued.attempt, queued.pending) == (JobStatus.QUEUED, 2, frozenset({"square-64"}))
    assert [task.attempt for task in await site.sent_tasks()] == [2]
    assert await used(site, cost) == DailyUsage(jobs=1, bytes=600)


@pytest.mark.parametrize(("limits", "quota"), [({"jobs": 1}, "jobs"), ({"size": 1000}, "bytes")])
async def test_a_retry_beyond_a_quota_changes_nothing(site: Site, limits: dict[str, int], quota: str) -> None:
    job, other = await partly_failed(site), await partly_failed(site)
    cost = charge(site, **limits, of=600)
    await site.orchestrator.retry(other.job_id, cost)
    before = await used(site, cost)
    with pytest.raises(QuotaExceeded) as refused:
        await site.orchestrator.retry(job.job_id, cost)
    assert refused.value.fields["quota"] == quota
    assert await used(site, cost) == before == DailyUsage(jobs=1, bytes=600)
    assert await site.job(job.job_id) == job


async def test_of_retries_at_the_same_moment_one_is_charged(site: Site) -> None:
    job = await partly_failed(site)
    cost = charge(site, jobs=9, of=600)
    tries = (site.orchestrator.retry(job.job_id, cost) for _ in range(5))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(answer, Job) for answer in answers) == 1
    assert {type(answer) for answer in answers} <= {Job, Conflict}
    assert await used(site, cost) == DailyUsage(jobs=1, bytes=600)


async def test_what_cannot_be_retried_is_not_charged(site: Site) -> None:
    job = await partly_failed(site)
    cost = charge(site, jobs=9)
    await site.orchestrator.retry(job.job_id)
    with pytest.raises(Conflict):
        await site.orchestrator.retry(job.job_id, cost)
    assert await used(site, cost) == DailyUsage()
