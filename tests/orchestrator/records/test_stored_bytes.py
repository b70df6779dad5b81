"""Tests that stored bytes are added at a job's end and subtracted at its deletion, each once."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from darkroom.jobs import Job, JobStatus, VariantStatus
from darkroom.limits import JOB_RESULTS_BYTES
from darkroom.messages import ProcessTask, TaskFinished
from darkroom.object_keys import result_prefix
from darkroom.recipes import Recipe, parse_recipe
from darkroom.tables.storage_counter import bytes_in, counter_keys, stored_size
from tests.orchestrator.harness import Harness
from tests.orchestrator.task_reports import DECODER_FAULT, finished, undecodable

OWNER = "demo"
LARGE = JOB_RESULTS_BYTES // 3 + 1
"""Bytes of a result. A job may store two of this size, but not three."""


async def stored(harness: Harness, owner: str = OWNER) -> int:
    """Return the bytes in the owner's counter."""
    total = 0
    for counter in counter_keys(owner):
        answer = await harness.clients.dynamodb.get_item(
            TableName=harness.settings.accounts_table, Key={"id": {"S": counter}}, ConsistentRead=True
        )
        total += bytes_in(answer["Item"]) if "Item" in answer else 0
    return total


async def ended(harness: Harness) -> Job:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(await harness.put_results(task))
    return await harness.job(job.job_id)


def sized(report: TaskFinished, size: int) -> TaskFinished:
    """Return the report with results of `size` bytes."""
    outcomes = tuple(
        outcome.model_copy(update={"result": outcome.result.model_copy(update={"size": size})})
        if outcome.result
        else outcome
        for outcome in report.outcomes
    )
    return report.model_copy(update={"outcomes": outcomes})


def split(task: ProcessTask) -> list[ProcessTask]:
    """Return a task for each variant. The first one also describes the original."""
    return [
        task.model_copy(update={"variants": (variant,), "task": number, "describe": number == 0})
        for number, variant in enumerate(task.variants)
    ]


async def test_end_of_a_job_counts_its_results_and_its_manifest(harness: Harness) -> None:
    job = await ended(harness)
    assert job.manifest
    results = sum(state.result.size for state in job.variants.values() if state.result)
    assert job.stored_bytes == stored_size(job) == results + job.manifest.size > 0
    assert await stored(harness) == job.stored_bytes


async def test_repeated_report_counts_no_more_bytes(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    report = await harness.put_results(task)
    await asyncio.gather(*(harness.orchestrator.finish(report) for _ in range(4)))
    await harness.orchestrator.finish(report)
    assert await stored(harness) == (await harness.job(job.job_id)).stored_bytes > 0


async def test_jobs_that_end_at_the_same_moment_are_all_counted(harness: Harness) -> None:
    jobs = [await harness.queued_job() for _ in range(8)]
    reports = [await harness.put_results(task) for _, [task] in jobs]
    await asyncio.gather(*(harness.orchestrator.finish(report) for report in reports))
    kept = [(await harness.job(job.job_id)).stored_bytes for job, _ in jobs]
    assert all(kept)
    assert await stored(harness) == sum(kept)


async def test_deletion_subtracts_the_counted_bytes_once(harness: Harness) -> None:
    kept, gone = await ended(harness), await ended(harness)
    deletions = (harness.orchestrator.delete(gone.job_id) for _ in range(4))
    await asyncio.gather(*deletions, return_exceptions=True)
    assert await harness.jobs.get(gone.job_id) is None
    assert await stored(harness) == kept.stored_bytes


async def test_deletion_that_died_before_its_last_write_subtracts_when_it_is_repeated(harness: Harness) -> None:
    job = await ended(harness)
    assert await harness.jobs.begin_deletion(job)
    assert await stored(harness) == job.stored_bytes
    await harness.orchestrator.delete(job.job_id)
    assert await stored(harness) == 0


async def test_retry_counts_the_bytes_that_it_adds(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(finished(task, failed={"square-64": DECODER_FAULT}))
    before = await harness.job(job.job_id)
    assert await stored(harness) == before.stored_bytes == stored_size(before) > 0
    await harness.orchestrator.retry(job.job_id)
    assert await stored(harness) == before.stored_bytes, "a retry subtracts nothing"
    [again] = await harness.sent_tasks()
    await harness.orchestrator.finish(finished(again))
    after = await harness.job(job.job_id)
    assert after.status is JobStatus.COMPLETED
    assert await stored(harness) == after.stored_bytes == stored_size(after) > before.stored_bytes
    await harness.orchestrator.delete(job.job_id)
    assert await stored(harness) == 0


async def test_job_without_results_counts_only_its_manifest(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    await harness.orchestrator.finish(undecodable(task))
    failed = await harness.job(job.job_id)
    assert failed.manifest
    assert await stored(harness) == failed.stored_bytes == failed.manifest.size


async def test_job_cancelled_halfway_counts_the_results_that_it_keeps(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    first, *_ = split(task)
    await harness.orchestrator.finish(finished(first))
    assert await stored(harness) == 0, "it is counted at the end"
    await harness.orchestrator.cancel(job.job_id)
    cancelled = await harness.job(job.job_id)
    assert cancelled.status is JobStatus.CANCELLED
    assert await stored(harness) == cancelled.stored_bytes == stored_size(cancelled) > 0
    await harness.orchestrator.delete(job.job_id)
    assert await stored(harness) == 0


async def test_results_that_come_while_a_job_is_cancelled_are_counted(harness: Harness) -> None:
    job, [task] = await harness.queued_job()
    first, second, *_ = split(task)
    await harness.orchestrator.finish(finished(first))
    seen = await harness.job(job.job_id)
    await harness.orchestrator.finish(finished(second))
    assert await harness.jobs.cancel(seen) is None, "the job has more results now"
    await harness.orchestrator.cancel(job.job_id)
    cancelled = await harness.job(job.job_id)
    assert await stored(harness) == cancelled.stored_bytes == stored_size(cancelled) > 0


async def test_job_that_stored_nothing_leaves_no_counter(harness: Harness) -> None:
    job, _ = await harness.queued_job()
    await harness.orchestrator.cancel(job.job_id)
    await harness.orchestrator.delete(job.job_id)
    assert await stored(harness) == 0


def four() -> Recipe:
    return parse_recipe('{"variants": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}]}')


Reports = Callable[[Harness, list[TaskFinished]], Awaitable[object]]


async def one_by_one(harness: Harness, reports: list[TaskFinished]) -> None:
    for report in reports:
        await harness.orchestrator.finish(report)


async def all_at_once(harness: Harness, reports: list[TaskFinished]) -> None:
    await asyncio.gather(*(harness.orchestrator.finish(report) for report in reports))


@pytest.mark.parametrize("arrive", [one_by_one, all_at_once])
async def test_tasks_that_together_store_too_much_lose_the_results_beyond_the_limit(
    harness: Harness, arrive: Reports
) -> None:
    """Each task respects the limit, but does not know what the others store."""
    recipe = four()
    job, [task] = await harness.queued_job(recipe)
    reports = [sized(await harness.put_results(part), LARGE) for part in split(task)]
    await arrive(harness, reports)
    done = await harness.job(job.job_id)
    assert done.status is JobStatus.PARTIALLY_COMPLETED
    failed = [state.fault for state in done.variants.values() if state.status is VariantStatus.FAILED]
    assert [fault.code for fault in failed if fault] == ["output_limit"] * 2
    assert all(fault and "20 times" in fault.message for fault in failed)
    assert sum(state.result.size for state in done.variants.values() if state.result) == 2 * LARGE
    assert await stored(harness) == done.stored_bytes == stored_size(done)
    kept = {state.result.key for state in done.variants.values() if state.result}
    folders = [result_prefix(variant.result_folder, job.job_id) for variant in recipe.variants]
    there = {key for key in await harness.result_keys() if key.startswith(tuple(folders))}
    assert there == kept, "the refused result is deleted"


async def kept(harness: Harness) -> tuple[Job, list[ProcessTask]]:
    """Return a queued job that keeps its original of ten bytes, and its tasks."""
    job = await harness.waiting_job(keep_original=True)
    await harness.orchestrator.start(await harness.upload(job, b"ten bytes."), redelivered=False)
    return await harness.job(job.job_id), await harness.sent_tasks()


async def test_original_that_is_kept_is_counted_from_the_jobs_end_until_its_deletion(harness: Harness) -> None:
    job, [task] = await kept(harness)
    assert await stored(harness) == 0
    await harness.orchestrator.finish(undecodable(task))
    failed = await harness.job(job.job_id)
    assert failed.manifest
    assert await stored(harness) == failed.stored_bytes == failed.manifest.size + 10
    await harness.orchestrator.delete(job.job_id)
    assert await stored(harness) == 0


async def test_cancelled_job_counts_the_original_that_it_keeps(harness: Harness) -> None:
    job, _ = await kept(harness)
    await harness.orchestrator.cancel(job.job_id)
    assert await stored(harness) == (await harness.job(job.job_id)).stored_bytes == 10


async def test_cancellation_that_began_before_the_original_was_kept_counts_it(harness: Harness) -> None:
    waiting = await harness.waiting_job(keep_original=True)
    await harness.orchestrator.start(await harness.upload(waiting, b"ten bytes."), redelivered=False)
    assert await harness.jobs.cancel(waiting) is None
    await harness.orchestrator.cancel(waiting.job_id)
    assert await stored(harness) == 10


async def test_original_that_a_job_wished_to_keep_but_never_got_is_not_counted(harness: Harness) -> None:
    waiting = await harness.waiting_job(keep_original=True)
    await harness.orchestrator.cancel(waiting.job_id)
    refused = await harness.waiting_job(keep_original=True)
    await harness.orchestrator.start(await harness.upload(refused, b""), redelivered=False)
    assert await stored(harness) == 0
