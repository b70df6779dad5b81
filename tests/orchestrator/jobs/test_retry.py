"""Tests that a retry runs the failed variants of a job in a new attempt."""

import asyncio
from contextlib import nullcontext
from dataclasses import replace

import pytest

from darkroom.errors import Conflict, NotFound, OriginalGone, QuotaExceeded
from darkroom.jobs import SOURCE_PART, Job, JobStatus, VariantStatus, new_job_id, parts_of, unsettled
from darkroom.limits import MAX_RUNS
from darkroom.tables.daily_counter import DailyUsage
from darkroom.tables.job_item import to_item
from tests.orchestrator.charges import charge, used
from tests.orchestrator.harness import RECIPE, Harness
from tests.orchestrator.task_reports import DECODER_FAULT, finished, undecodable


async def partly_failed(harness: Harness) -> Job:
    """Return a job with one failed variant."""
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))
    return await harness.job(job.job_id)


async def test_retry_runs_only_failed_variants(harness: Harness) -> None:
    job = await partly_failed(harness)
    harness.now.forward(hours=1)

    await harness.orchestrator.retry(job.job_id)

    queued = await harness.job(job.job_id)
    assert (queued.status, queued.attempt, queued.pending) == (JobStatus.QUEUED, 2, frozenset({"square-64"}))
    assert queued.variants["square-64"].status is VariantStatus.PENDING
    assert queued.variants["square-128"] == job.variants["square-128"]
    assert (queued.queued_at, queued.started_at, queued.completed_at) == (harness.now(), None, None)
    assert queued.deadline is not None
    [task] = await harness.sent_tasks()
    assert [planned.variant.name for planned in task.variants] == ["square-64"]
    assert (task.attempt, task.describe, task.original) == (2, False, job.original)


async def test_successful_retry_completes_the_job_and_adds_its_cost(harness: Harness) -> None:
    job = await partly_failed(harness)
    await harness.orchestrator.retry(job.job_id)
    [task] = await harness.sent_tasks()

    await harness.orchestrator.finish(finished(task))

    ended = await harness.job(job.job_id)
    assert (ended.status, ended.fault, ended.cost.cpu_ms) == (JobStatus.COMPLETED, None, 20)
    assert [event.attempt for event in await harness.events()] == [1, 2]


async def test_retry_of_a_failed_job_describes_it_too(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(undecodable(task))

    queued = await harness.orchestrator.retry(job.job_id)

    assert queued.pending == parts_of(unsettled(RECIPE))
    assert SOURCE_PART in queued.pending
    assert queued.fault is None


async def test_retried_job_is_in_the_index_of_open_jobs_again(harness: Harness) -> None:
    job = await partly_failed(harness)
    assert await harness.open_ids() == []

    await harness.orchestrator.retry(job.job_id)

    assert await harness.open_ids() == [job.job_id]


@pytest.mark.parametrize(("runs", "once_more"), [(MAX_RUNS - 1, True), (MAX_RUNS, False)])
async def test_job_has_a_limited_number_of_runs(harness: Harness, runs: int, *, once_more: bool) -> None:
    job = replace(await partly_failed(harness), attempt=runs)
    await harness.clients.dynamodb.put_item(TableName=harness.settings.jobs_table, Item=to_item(job))
    with nullcontext() if once_more else pytest.raises(Conflict, match="20 runs"):
        await harness.orchestrator.retry(job.job_id)
    assert (await harness.job(job.job_id)).attempt == MAX_RUNS


async def test_simultaneous_retries_make_one_attempt(harness: Harness) -> None:
    job = await partly_failed(harness)

    answers = await asyncio.gather(*(harness.orchestrator.retry(job.job_id) for _ in range(6)), return_exceptions=True)

    assert sum(isinstance(answer, Job) for answer in answers) == 1
    assert sum(isinstance(answer, Conflict) for answer in answers) == 5
    assert (await harness.job(job.job_id)).attempt == 2
    assert len(await harness.sent_tasks()) == 1


async def test_open_completed_or_cancelled_job_is_not_retried(harness: Harness) -> None:
    waiting = await harness.waiting_job()
    completed, [task] = await harness.queued_job()
    await harness.orchestrator.finish(finished(task))
    cancelled, _ = await harness.queued_job()
    await harness.orchestrator.cancel(cancelled.job_id)

    for job in (waiting, completed, cancelled):
        with pytest.raises(Conflict, match="can be retried"):
            await harness.orchestrator.retry(job.job_id)


async def test_refused_upload_is_not_retried(harness: Harness) -> None:
    job = await harness.waiting_job()
    await harness.orchestrator.start(await harness.upload(job, b""), redelivered=False)

    with pytest.raises(Conflict, match="refused"):
        await harness.orchestrator.retry(job.job_id)


async def test_job_whose_original_has_expired_is_not_retried(harness: Harness) -> None:
    job = await partly_failed(harness)
    assert job.original is not None
    await harness.s3.delete_object(
        Bucket=harness.settings.originals_bucket, Key=job.original.key, VersionId=job.original.version_id or ""
    )

    with pytest.raises(OriginalGone, match="7 days"):
        await harness.orchestrator.retry(job.job_id)

    assert (await harness.job(job.job_id)).status is JobStatus.PARTIALLY_COMPLETED


async def test_job_whose_originals_time_is_over_is_not_retried_although_s3_has_it_still(harness: Harness) -> None:
    job = await partly_failed(harness)
    harness.now.forward(days=7)

    with pytest.raises(OriginalGone):
        await harness.orchestrator.retry(job.job_id)


async def test_job_that_is_being_deleted_is_not_retried(harness: Harness) -> None:
    job = await partly_failed(harness)
    assert await harness.jobs.begin_deletion(job)

    with pytest.raises(Conflict):
        await harness.orchestrator.retry(job.job_id)


async def test_unknown_job_is_not_retried(harness: Harness) -> None:
    with pytest.raises(NotFound):
        await harness.orchestrator.retry(new_job_id())


async def test_retry_by_a_reader_of_an_older_attempt_is_refused(harness: Harness) -> None:
    job = await partly_failed(harness)
    await harness.orchestrator.retry(job.job_id)
    [task] = await harness.sent_tasks()
    await harness.orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))
    harness.now.forward(seconds=1)

    assert await harness.jobs.retry(replace(job, attempt=1), {"square-64"}) is None


async def test_retry_is_charged_as_one_more_job_with_the_bytes_of_its_original(harness: Harness) -> None:
    job = await partly_failed(harness)
    cost = charge(harness, jobs=2, size=1000, of=600)
    queued = await harness.orchestrator.retry(job.job_id, cost)
    assert (queued.status, queued.attempt, queued.pending) == (JobStatus.QUEUED, 2, frozenset({"square-64"}))
    assert [task.attempt for task in await harness.sent_tasks()] == [2]
    assert await used(harness, cost) == DailyUsage(jobs=1, bytes=600)


@pytest.mark.parametrize(("limits", "quota"), [({"jobs": 1}, "jobs"), ({"size": 1000}, "bytes")])
async def test_retry_beyond_a_quota_changes_nothing(harness: Harness, limits: dict[str, int], quota: str) -> None:
    job, other = await partly_failed(harness), await partly_failed(harness)
    cost = charge(harness, **limits, of=600)
    await harness.orchestrator.retry(other.job_id, cost)
    before = await used(harness, cost)
    with pytest.raises(QuotaExceeded) as refused:
        await harness.orchestrator.retry(job.job_id, cost)
    assert refused.value.fields["quota"] == quota
    assert await used(harness, cost) == before == DailyUsage(jobs=1, bytes=600)
    assert await harness.job(job.job_id) == job


async def test_simultaneous_retries_are_charged_once(harness: Harness) -> None:
    job = await partly_failed(harness)
    cost = charge(harness, jobs=9, of=600)
    tries = (harness.orchestrator.retry(job.job_id, cost) for _ in range(5))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(answer, Job) for answer in answers) == 1
    assert {type(answer) for answer in answers} <= {Job, Conflict}
    assert await used(harness, cost) == DailyUsage(jobs=1, bytes=600)


async def test_refused_retry_is_not_charged(harness: Harness) -> None:
    job = await partly_failed(harness)
    cost = charge(harness, jobs=9)
    await harness.orchestrator.retry(job.job_id)
    with pytest.raises(Conflict):
        await harness.orchestrator.retry(job.job_id, cost)
    assert await used(harness, cost) == DailyUsage()
